/** Since when a share is as high as it is: an epoch is named only with evidence. */

import { wilsonInterval } from "./interval.ts";

/** z of an interval that holds the true share 99 % of the time. */
const Z = 2.5758293035489;

/**
 * Whether a share is lower than one at a threshold by more than chance.
 *
 * Their 99 % intervals (Wilson) must be apart. Weaker rules date groups that never
 * change: an epoch far below the threshold is likely among 50.
 *
 * @param chance what guesses would have right
 * @param threshold of what is right beyond chance
 */
export function isSurelyLower(
  share: number,
  chance: number,
  threshold: number,
  samples: number,
): boolean {
  const of = (each: number) => wilsonInterval(each * samples, samples, Z);
  return of(share).high < of(chance + threshold * (1 - chance)).low;
}

/** How many times its largest fall a share may waver. */
const FALLS = 2;

/**
 * The first step from which a share stays at or above a threshold.
 *
 * Null where it ends below, or where it was not surely lower before by more than
 * twice its largest fall: what only wavers falls as far as it rises.
 */
export function staysFrom(
  points: readonly { step: number; share: number; isLower: boolean }[],
  threshold: number,
): number | null {
  const lowest = threshold - wobbleOf(points);
  let from: number | null = null;
  let isTold: boolean | undefined;
  for (const { step, share, isLower } of points) {
    if (share < threshold) {
      from = null;
      isTold ||= isLower && share < lowest;
    } else from ??= step;
  }
  return isTold === false ? null : from;
}

/** By how much a share may rise and have learned nothing: it fell half as far. */
export function wobbleOf(points: readonly { share: number }[]): number {
  let [most, fall] = [Number.NEGATIVE_INFINITY, 0];
  for (const { share } of points) {
    most = Math.max(most, share);
    fall = Math.max(fall, most - share);
  }
  return FALLS * fall;
}
