/** Goes from epoch to epoch while they play: it comes with the first play. */

import { effect } from "@preact/signals";
import { drawnStep, playing, speed, step, stepBy } from "../state/all.ts";

/** Milliseconds of an epoch at single speed. */
const PACE = 600;

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
