/** A row of small pictures to compare with. */

import type { JSX } from "preact";
import * as view from "../../state/view.ts";
import { shown } from "../data/loadSamples.ts";
import { pinned } from "../selection/choices.ts";
import { Picture } from "../shared/Picture.tsx";
import { previewed } from "./detailedSample.ts";

const GAP = 6;
const ACROSS = 6;

export function SimilarSamples(props: {
  title: string;
  note: string;
  samples: readonly number[];
}): JSX.Element {
  const { title, note, samples } = props;
  const room = view.layout.value.panel.width - 33;
  const side = Math.floor((room - GAP * (ACROSS - 1)) / ACROSS);
  return (
    <section class="likes" aria-label={title}>
      <h2>
        {title} <span class="label">{samples.length ? note : "none"}</span>
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
