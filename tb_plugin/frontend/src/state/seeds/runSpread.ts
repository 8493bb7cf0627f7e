/** How far the runs of a set lie apart, at the epoch on screen. */

import { computed, signal } from "@preact/signals";
import { curveNodes, curves, drawnStep, epochs } from "../page.ts";

/** Whether the user is ticking runs that shall be one. */
export const choosesRuns = signal(false);

/** Epochs that some runs of the set have and others lack. */
export const lackedSteps = signal<readonly number[]>([]);

/** Of how many runs the matrix is the sum. */
export const runCount = computed(
  () => epochs.value.find(({ step }) => step === drawnStep.value)?.runs ?? 1,
);

/** Of another tree the levels and nodes would be others. */
const point = computed(() => {
  const found = curves.value.find(({ step }) => step === drawnStep.value);
  const isOfSet = runCount.value > 1 && found?.runs === runCount.value;
  return isOfSet && !found.hierarchy ? found : null;
});

/** Standard deviation of the accuracy of a level; null while not known. */
export function spreadOfLevel(index: number): number | null {
  return point.value?.spread?.[index] ?? null;
}

/** The same of a node's recall or precision. */
export function spreadOfNode(
  node: number,
  of: "recall" | "precision",
): number | null {
  const at = curveNodes.value.indexOf(node);
  return point.value?.nodes?.[at]?.spread?.[of] ?? null;
}
