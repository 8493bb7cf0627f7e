/** Play and its speed, the epoch in words, and the key to the curves. */

import type { JSX } from "preact";
import { other, split } from "./lines.ts";
import { togglePlay } from "./play.ts";
import { SPEEDS, showsOther } from "./timeline.ts";
import * as view from "./view.ts";

export function Transport(): JSX.Element {
  const isPlaying = view.playing.value;
  const speed = view.speed.value;
  const { epochs, step } = view;
  const last = epochs.value.at(-1)?.step ?? 0;
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
        <p
          class={step.value === view.drawnStep.value ? "epoch" : "epoch late"}
          data-testid="epoch"
        >
          Epoch {step.value} of {last}
        </p>
        <p class="label">
          <label class="choice speed">
            speed <span aria-hidden="true">{speed}×</span>
            <select
              aria-label="speed"
              value={speed}
              onChange={({ currentTarget }) => {
                view.speed.value = Number(currentTarget.value);
              }}
            >
              {SPEEDS.map((each) => (
                <option key={each} value={each}>
                  {each}×
                </option>
              ))}
            </select>
          </label>
          {view.layout.value.compact ? "  ·  ← →" : "  ·  ← →  ·  Home End"}
        </p>
        {other.value && <SplitKey />}
      </div>
    </div>
  );
}

/** Which lines are whose; switches those of the other split. */
function SplitKey(): JSX.Element {
  const swatch = (name: string): JSX.Element => (
    <span class={name === "train" ? "swatch train" : "swatch"}>{name}</span>
  );
  const name = other.value?.split || "all";
  return (
    <p class="label splits">
      {swatch(split.value || "all")}
      <button
        type="button"
        data-testid="other-split"
        aria-pressed={showsOther.value}
        aria-label={`curves of ${name}`}
        onClick={() => {
          showsOther.value = !showsOther.value;
        }}
      >
        {swatch(name)}
      </button>
    </p>
  );
}
