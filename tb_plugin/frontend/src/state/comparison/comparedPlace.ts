/** Which epoch of the other series meets the shown one. */

import { computed } from "@preact/signals";
import { lastStep, NO_EPOCH, runInfo, runs } from "../page.ts";
import {
  comparedEpochs,
  comparedRun,
  comparedStep,
  type Place,
} from "./comparison.ts";

/**
 * Whether epochs of one number belong together: of one training, or of two that
 * have come equally far. What was logged once, as epoch 1, may be of any epoch.
 */
export const epochsCorrespond = computed(() => {
  const there = comparedEpochs.value.at(-1)?.step;
  const info = runs.value?.find(({ run }) => run === comparedRun.value);
  return there === lastStep.value || info?.name === runInfo.value?.name;
});

export const comparedPlace = computed<Place>(
  () => comparedStep.value ?? (epochsCorrespond.value ? "same" : "last"),
);

/** The number of the epoch to compare with, for one that is shown. */
export function stepBeside(shown: number): number {
  const place = comparedPlace.value;
  if (place === "same") return shown;
  if (place !== "last") return place;
  return comparedEpochs.value.at(-1)?.step ?? NO_EPOCH;
}
