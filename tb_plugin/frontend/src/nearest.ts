/** Which epoch of another run stands beside one of this. */

import type { EpochInfo } from "./api.ts";

/** The last epoch up to a step, else the first. */
export function nearestEpoch(
  epochs: readonly EpochInfo[],
  step: number,
): EpochInfo | undefined {
  return epochs.findLast((info) => info.step <= step) ?? epochs[0];
}
