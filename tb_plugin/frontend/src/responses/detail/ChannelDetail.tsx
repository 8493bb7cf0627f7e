/** The channel that was clicked: its group, its classes, its samples. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Tree } from "../../hierarchy/tree.ts";
import { addressOf, decodePieces } from "../../samples/data/pictureFormat.ts";
import type {
  ChannelAnswer,
  ChannelGroupsAnswer,
  ChannelSample,
  ChannelsAnswer,
} from "../../server/responsesAnswer.ts";
import { source } from "../../server/source.ts";
import * as view from "../../state/all.ts";
import { run } from "../../state/page.ts";
import { isolated } from "../../ui/format.ts";
import { PromiseCache } from "../../ui/promiseCache.ts";
import { featureInWords } from "../data/cellInWords.ts";
import { channel, chosenFeature, shownNodes } from "../data/loadMap.ts";
import { ClassLinks } from "./ChannelList.tsx";

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

const SIDE = 64;
/** Letters of an id in place of a picture. */
const MOST = 36;

export function StrongestSamples(props: {
  tree: Tree;
  index: ChannelsAnswer["index"];
  samples: readonly ChannelSample[];
}): JSX.Element {
  const { tree, index, samples } = props;
  const [pictures, setPictures] = useState<Pictures | null>(null);
  const shownRun = run.value;
  useEffect(() => {
    let isShown = true;
    setPictures(null);
    const show = (found: Pictures): void => {
      if (isShown) setPictures(found);
    };
    // The ids stand in the place of what does not come.
    picturesOf(shownRun, index, samples).then(show, () => show(new Map()));
    return () => {
      isShown = false;
    };
  }, [shownRun, index, samples]);
  return (
    <ul class="strongest" data-testid="channel-samples">
      {samples.map((sample) => (
        <Sample
          key={`${sample.label} ${sample.id}`}
          sample={sample}
          name={tree.names[tree.leaves[tree.leafOfLabel[sample.label]!]!]!}
          address={pictures && (pictures.get(sample.number ?? -1) ?? "")}
        />
      ))}
    </ul>
  );
}

function Sample(props: {
  sample: ChannelSample;
  name: string;
  /** "" for no picture, null while unknown. */
  address: string | null;
}): JSX.Element {
  const { sample, name, address } = props;
  const { id, value } = sample;
  // Files of one data set differ in their last letters.
  const text = id.length > MOST ? `…${id.slice(1 - MOST)}` : id;
  const strength = value === null ? "" : `, ${value.toPrecision(3)}`;
  return (
    <li title={`${name}: ${id}${strength}`}>
      {address ? (
        <img src={address} alt={id} width={SIDE} height={SIDE} />
      ) : (
        <span class="no-picture" style={{ height: `${SIDE}px` }}>
          {address === "" && text}
        </span>
      )}
      <span class="class one-line">{name}</span>
    </li>
  );
}

/** Addresses for images by the number of the sample. */
type Pictures = ReadonlyMap<number, string>;

const known = new PromiseCache<Pictures>(200);

export function picturesOf(
  run: string,
  index: ChannelsAnswer["index"],
  samples: readonly ChannelSample[],
): Promise<Pictures> {
  const numbers = samples.flatMap((each) => each.number ?? []);
  if (!index || !numbers.length) return Promise.resolve(new Map());
  return known.get(JSON.stringify([run, index, numbers]), async () => {
    const { files } = decodePieces(
      await source().pictures(run, index, numbers),
    );
    return new Map(
      [...files]
        .filter(([, file]) => file.length)
        .map(([number, file]) => [number, addressOf(file)]),
    );
  });
}

/** What stands below a channel where not all can be shown; "" for nothing. */
export function lackInWords(
  of: Pick<ChannelAnswer, "samples" | "samples_error">,
): string {
  if (of.samples_error) return of.samples_error;
  if (!of.samples) {
    return "Which samples a channel fires at is not in the log: it takes data with ids. keras-hier probe has those of its files; give others as (x, y, ids).";
  }
  if (!of.samples.some((each) => each.number != null)) {
    return "The run has logged no samples with these ids. BlocksCallback(samples=...) over data with the same ids logs their pictures.";
  }
  return "";
}
