/** The channel that was clicked: its group, its classes, its samples. */

import type { JSX } from "preact";
import type { Tree } from "../../hierarchy/tree.ts";
import type { ChannelGroupsAnswer } from "../../server/responsesAnswer.ts";
import * as view from "../../state/all.ts";
import { isolated } from "../../ui/format.ts";
import { featureInWords } from "../data/cellInWords.ts";
import { channel, chosenFeature, shownNodes } from "../data/loadMap.ts";
import { lackInWords } from "../data/strongestPictures.ts";
import { ClassLinks } from "./ChannelList.tsx";
import { StrongestSamples } from "./StrongestSamples.tsx";

export function ChannelDetail(props: {
  tree: Tree;
  of: ChannelGroupsAnswer;
}): JSX.Element | null {
  const { tree, of } = props;
  const feature = chosenFeature.value;
  if (feature < 0) return null;
  const { found: got, error } = channel.value.value ?? {};
  const name = featureInWords(feature, of.features, of.grid);
  return (
    <section aria-label="Channel" data-testid="channel">
      <h2>
        Channel {name} <span class="label">of {isolated(of.name)}</span>
      </h2>
      <Told tree={tree} of={of} feature={feature} />
      {error && (
        <p class="label" role="status">
          {error}
        </p>
      )}
      {got && (
        <>
          <p>
            <span class="label">strongest in </span>
            <ClassLinks tree={tree} labels={got.strongest} />
          </p>
          {got.samples && (
            <StrongestSamples
              tree={tree}
              index={got.index}
              samples={got.samples}
            />
          )}
          {lackInWords(got) && (
            <p class="label" data-testid="no-channel-samples">
              {lackInWords(got)}
            </p>
          )}
        </>
      )}
    </section>
  );
}

/** The group that it tells best, or that it tells none. */
function Told(props: {
  tree: Tree;
  of: ChannelGroupsAnswer;
  feature: number;
}): JSX.Element {
  const { tree, of, feature } = props;
  const at = of.channels.indexOf(feature);
  if (at < 0) {
    return (
      <p class="label" data-testid="channel-group">
        It tells no group of the tree beyond chance.
      </p>
    );
  }
  const node = shownNodes.value[of.nodes[at]!] ?? 0;
  return (
    <p data-testid="channel-group">
      <span class="label">tells best </span>
      <button type="button" class="link" onClick={() => view.select(node)}>
        {tree.names[node]}
      </button>
      <span class="label">, AUC {of.auc[at]!.toFixed(2)}</span>
    </p>
  );
}
