/** What the user chose about the timeline: a threshold, other curves, the speed. */

import { signal } from "@preact/signals";
export const USUAL_THRESHOLD = 0.9;
export const USUAL_SPEED = 2;
export const SPEEDS: readonly number[] = [1, 2, 4, 8];

/** The recall from which on a group counts as separable. */
export const threshold = signal(USUAL_THRESHOLD);
/** Whether the curves of the run's other split are drawn as well. */
export const showsComparisonCurves = signal(true);

/** Whole percents, as they are written. */
export function setThreshold(share: number): void {
  threshold.value = Math.min(Math.max(Math.round(100 * share), 1), 100) / 100;
}
