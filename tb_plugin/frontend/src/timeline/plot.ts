/** Where the plot of the timeline lies, and what its horizontal axis shows. */

import { computed } from "@preact/signals";
import { compared } from "../loading/otherSplit.ts";
import * as view from "../state/all.ts";
import { overlap } from "../state/comparison/comparedEpoch.ts";

export const TOP = 20;
export const BOTTOM = 84;

export function yOf(share: number): number {
  return BOTTOM - (BOTTOM - TOP) * share;
}

export function shareAt(pixel: number): number {
  return (BOTTOM - pixel) / (BOTTOM - TOP);
}

/** Room for the names at the ends of the curves. */
const ENDS = 140;
/** Room for the value of another run: "→ 100.0", and a gap. */
export const END_OF_OTHER = 50;

/** How low the names at the ends may stand: a note may be below them. */
export const lowestEnd = computed(() => (overlap.value ? 82 : 96));

export interface Plot {
  first: number;
  last: number;
  left: number;
  width: number;
  x: (step: number) => number;
}

export const plot = computed<Plot | null>(() => {
  const { panel, compact } = view.pageFrame.value;
  const first = view.epochs.value[0]?.step;
  const last = view.epochs.value.at(-1)?.step;
  if (first === undefined || last === undefined) return null;
  const left = compact ? 218 : 276;
  const ends = compared.value ? ENDS + END_OF_OTHER : ENDS;
  const width = panel.x - left - ends;
  const x = (step: number): number =>
    left + (width * (step - first)) / Math.max(last - first, 1);
  return { first, last, left, width, x };
});
