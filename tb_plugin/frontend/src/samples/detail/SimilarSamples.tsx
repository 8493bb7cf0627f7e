/** A row of small pictures to compare with. */

import type { JSX } from "preact";
import { NodeName, panelRoom } from "../../panel/NodeLink.tsx";
import * as view from "../../state/view.ts";
import { measureAt } from "../../ui/textFitting.ts";
import { shown } from "../data/loadSamples.ts";
import { pinned } from "../selection/choices.ts";
import { Picture } from "../shared/Picture.tsx";
import { previewed } from "./detailedSample.ts";

const small = measureAt(11);
/** Between title and note, and what a title in strong letters adds. */
const BETWEEN = 12 + 6;
const GAP = 6;
const ACROSS = 6;

export function SimilarSamples(props: {
  title: string;
  /** The class in place of a title. */
  node?: number;
  note: string;
  samples: readonly number[];
}): JSX.Element {
  const { title, node, note, samples } = props;
  const said = samples.length ? note : "none";
  const room = view.layout.value.panel.width - 33;
  const side = Math.floor((room - GAP * (ACROSS - 1)) / ACROSS);
  return (
    <section class="likes" aria-label={title}>
      <h2>
        {node === undefined ? (
          title
        ) : (
          <span title={title}>
            <NodeName
              tree={view.tree.value!}
              node={node}
              room={panelRoom() - small(said) - BETWEEN}
            />
          </span>
        )}{" "}
        <span class="label">{said}</span>
      </h2>
      {samples.length > 0 && (
        <div>
          {samples.map((sample) => (
            <button
              key={sample}
              type="button"
              aria-label={shown.value?.index.ids[sample]}
              onClick={() => {
                previewed.value = null;
                pinned.value = sample;
              }}
            >
              <Picture sample={sample} side={side} />
            </button>
          ))}
        </div>
      )}
    </section>
  );
}
