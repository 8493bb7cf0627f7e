/** Plays the epochs like a film. */

import { effect } from "@preact/signals";
import {
  drawnStep,
  epochs,
  goToStep,
  playing,
  speed,
  step,
  stepBy,
} from "../state/view.ts";

/** Milliseconds of an epoch at single speed. */
const PACE = 600;

export function togglePlay(): void {
  const { value: all } = epochs;
  playing.value = !playing.value;
  // At the end, play starts over.
  if (playing.value && step.value === all.at(-1)?.step) {
    goToStep(all[0]?.step ?? 0);
  }
}

export function startPlayer(): void {
  effect(() => {
    if (!playing.value) return;
    const timer = setInterval(() => {
      const before = step.peek();
      // No faster than the epochs come: each one is seen.
      if (drawnStep.peek() !== before) return;
      stepBy(1);
      if (step.peek() === before) playing.value = false;
    }, PACE / speed.value);
    return () => clearInterval(timer);
  });
}
