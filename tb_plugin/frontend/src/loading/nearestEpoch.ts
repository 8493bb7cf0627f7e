/** The epoch of one series that stands for an epoch of another. */

import { NO_EPOCH } from "../state/page.ts";

interface Step {
  step: number;
}

/** The last epoch up to a step, else the first. */
export function nearestEpoch<Epoch extends Step>(
  epochs: readonly Epoch[],
  step: number,
): Epoch | undefined {
  return epochs.findLast((epoch) => epoch.step <= step) ?? epochs[0];
}

/** The step of the readable epoch closest to another, the later of two. */
export function nearestReadable(
  readable: readonly Step[],
  step: number,
): number | null {
  let best: number | null = null;
  for (const each of readable) {
    const isCloser =
      best === null || Math.abs(each.step - step) <= Math.abs(best - step);
    if (isCloser) best = each.step;
  }
  return best;
}

/**
 * The epoch to choose among others than those it was chosen from: the same one,
 * else the nearest. Where that is the last it is none: the last, whichever it is.
 */
export function samePlace(
  chosen: number,
  epochs: readonly (Step & { error?: string })[],
): number {
  if (epochs.some(({ step }) => step === chosen)) return chosen;
  const readable = epochs.filter(({ error }) => error === undefined);
  const near = nearestReadable(readable, chosen);
  return near === null || near === readable.at(-1)?.step ? NO_EPOCH : near;
}
