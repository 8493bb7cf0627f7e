/** Play, the epoch in words, and the key to the curves. */

import type { JSX } from "preact";
import { compared } from "../loading/otherSplit.ts";
import { cutNames } from "../server/runNames.ts";
import * as view from "../state/all.ts";
import { showsComparisonCurves } from "../state/timeline.ts";
import { keys, other } from "./drawnCurves.ts";
import { togglePlay } from "./player.ts";

export function Transport(): JSX.Element {
  const isPlaying = view.playing.value;
  const [step, last] = [view.step.value, view.epochs.value.at(-1)];
  const words = (
    <p
      class={step === view.drawnStep.value ? "epoch" : "epoch late"}
      data-testid="epoch"
    >
      {last ? `Epoch ${step} of ${last.step}` : "No epoch"}
    </p>
  );
  // Nothing to play, nor to go to.
  if (view.epochs.value.length < 2) return <div class="transport">{words}</div>;
  return (
    <div class="transport">
      <button
        type="button"
        class="play"
        data-testid="play"
        aria-label={isPlaying ? "Pause" : "Play"}
        aria-pressed={isPlaying}
        onClick={togglePlay}
      >
        <svg viewBox="0 0 28 28" aria-hidden="true">
          <path
            d={isPlaying ? "M10 8h3v12h-3zM15 8h3v12h-3z" : "M11 8l9 6-9 6z"}
          />
        </svg>
      </button>
      <div>
        {words}
        {other.value && <SplitKey />}
      </div>
    </div>
  );
}

/** Which lines are whose; switches those of the other split. */
function SplitKey(): JSX.Element {
  const { shown, other: there } = keys.value;
  // There is room for a few letters, which are to tell the two apart.
  const cut = cutNames([shown, there]);
  const swatch = (name: string, isOther: boolean): JSX.Element => {
    const style = isOther && compared.value ? "compared" : "";
    return (
      <span
        class={`swatch ${style || (name === "train" ? "train" : "")}`}
        title={name}
      >
        {cut[Number(isOther)]}
      </span>
    );
  };
  return (
    <p class="label splits">
      {swatch(shown, false)}
      <button
        type="button"
        data-testid="other-split"
        aria-pressed={showsComparisonCurves.value}
        aria-label={`curves of ${there}`}
        onClick={() => {
          showsComparisonCurves.value = !showsComparisonCurves.value;
        }}
      >
        {swatch(there, true)}
      </button>
    </p>
  );
}
