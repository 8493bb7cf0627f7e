/** How the selected part of the matrix fares over the epochs. */

import { computed, signal } from "@preact/signals";
import { kindOf, type Selection } from "../hierarchy/selection.ts";
import type { RatePoint } from "../server/answers.ts";
import { ofKnownEpochs, output, run, selection } from "./page.ts";

export const loadedRates = signal<{
  of: Selection;
  run: string;
  output: string;
  points: readonly RatePoint[];
} | null>(null);

/** Whether it has no recall, but a rate: a pair of groups, or a rectangle. */
export function isPart(of: Selection): boolean {
  return ["block", "rectangle"].includes(kindOf(of));
}

/** What came for the selection; null for a group, or while it is on its way. */
export const partRates = computed(() => {
  const { value: loaded } = loadedRates;
  const isCurrent =
    loaded?.of === selection.value &&
    loaded.run === run.value &&
    loaded.output === output.value;
  return isCurrent ? ofKnownEpochs(loaded.points) : null;
});
