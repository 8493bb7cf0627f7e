/** What the user chose about the strip: a threshold, other curves, the speed. */

import { computed, signal } from "@preact/signals";
import { speed } from "./view/state.ts";

const USUAL_THRESHOLD = 0.9;
const USUAL_SPEED = 2;
export const SPEEDS: readonly number[] = [1, 2, 4, 8];

/** The recall from which on a group counts as separable. */
export const threshold = signal(USUAL_THRESHOLD);
/** Whether the curves of the run's other split are drawn as well. */
export const showsOther = signal(true);

/** What a link says of the strip. */
export interface LinkedTimeline {
  threshold?: number;
  curves?: string;
  speed?: number;
}

/** Whole percents, as they are written. */
export function setThreshold(share: number): void {
  threshold.value = Math.min(Math.max(Math.round(100 * share), 1), 100) / 100;
}

/** Only what is not as usual. */
export const linkedTimeline = computed<LinkedTimeline>(() => ({
  ...(threshold.value === USUAL_THRESHOLD
    ? {}
    : { threshold: Math.round(100 * threshold.value) }),
  ...(showsOther.value ? {} : { curves: "one" }),
  ...(speed.value === USUAL_SPEED ? {} : { speed: speed.value }),
}));

export function restoreTimeline(linked: LinkedTimeline): void {
  setThreshold((linked.threshold ?? 100 * USUAL_THRESHOLD) / 100);
  showsOther.value = linked.curves !== "one";
  const known = SPEEDS.find((each) => each === linked.speed);
  speed.value = known ?? USUAL_SPEED;
}
