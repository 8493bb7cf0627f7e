/** Plays the epochs like a film, and stops them. */

import { epochs, goToStep, playing, step } from "../state/all.ts";

export function togglePlay(): void {
  const { value: all } = epochs;
  playing.value = !playing.value;
  // At the end, play starts over.
  if (playing.value && step.value === all.at(-1)?.step) {
    goToStep(all[0]!.step);
  }
}
