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
    let request = 0;
    const timer = setInterval(() => {
      // After the frame that draws it: each epoch is seen, however fast.
      request ||= requestAnimationFrame(() => {
        request = 0;
        const before = step.peek();
        if (drawnStep.peek() !== before) return;
        stepBy(1);
        if (step.peek() === before) playing.value = false;
      });
    }, PACE / speed.value);
    return () => {
      clearInterval(timer);
      cancelAnimationFrame(request);
    };
  });
}
