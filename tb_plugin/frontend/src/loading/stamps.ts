/** What tells an epoch from the same one logged again: a resumed run does that. */

import { computed } from "@preact/signals";
import type { EpochInfo } from "../server/answers.ts";
import * as view from "../state/view.ts";

/** When an epoch was logged; undefined where it is not listed. */
export function stampOf(
  epochs: readonly EpochInfo[],
  step: number,
): number | undefined {
  return epochs.find((info) => info.step === step)?.wall_time;
}

/** That of the epoch on screen. */
export const drawnStamp = computed(() =>
  stampOf(view.epochs.value, view.drawnStep.value),
);

/**
 * Another one whenever any epoch is logged, or logged again.
 *
 * What is logged again ends all that is later, so the last one tells of it.
 */
export function stampOfAll(epochs: readonly EpochInfo[]): string {
  return [epochs.length, epochs.at(-1)?.wall_time].join();
}
