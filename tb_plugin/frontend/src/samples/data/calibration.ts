/** How far probabilities are from the shares that they promise. */

import type { Facts } from "./sampleFacts.ts";

export interface Calibration {
  samples: number;
  /** Expected calibration error. */
  error: number;
  /** What it is on average where every probability is true, and at most. */
  chance: number;
  most: number;
  /** By how much the mean probability is above the share of right answers. */
  excess: number;
  /** Whether that is more than two standard errors. */
  isBiased: boolean;
}

const BINS = 15;
/** Of a normal distribution: its mean size, and what 19 of 20 are below. */
const MEAN_SIZE = Math.sqrt(2 / Math.PI);
const Z = 1.6448536269514722;
/** How far its sizes lean to the small ones: their third moment. */
const LEANING = MEAN_SIZE ** 3 * (2 - Math.PI / 2);
/** Answers are whole: up to here what lies above 19 of 20 may be one of these. */
const WHOLE = 0.5;

/**
 * The calibration error in 15 bins, of the samples for which `isMeant` holds.
 *
 * Naeini et al., AAAI 2015; Guo et al., ICML 2017. Calibrated networks are above 0,
 * too; `most` bounds 19 of 20 of them (a normal limit with one term of Cornish
 * and Fisher).
 */
export function calibrationOf(
  { confidence, trueLeaf, predictedLeaf }: Facts,
  isMeant: (i: number) => boolean,
): Calibration | null {
  const excess = new Float64Array(BINS);
  const variance = new Float64Array(BINS);
  let samples = 0;
  for (let i = 0; i < confidence.length; i++) {
    const p = confidence[i]!;
    if (!isMeant(i) || Number.isNaN(p)) continue;
    const bin = Math.min(Math.floor(p * BINS), BINS - 1);
    const isRight = trueLeaf[i] === predictedLeaf[i];
    excess[bin]! += p - (isRight ? 1 : 0);
    variance[bin]! += p * (1 - p);
    samples++;
  }
  if (!samples) return null;
  let [error, chance, spread, third, all, coins] = [0, 0, 0, 0, 0, 0];
  for (let bin = 0; bin < BINS; bin++) {
    error += Math.abs(excess[bin]!);
    chance += MEAN_SIZE * Math.sqrt(variance[bin]!);
    spread += (1 - MEAN_SIZE ** 2) * variance[bin]!;
    third += LEANING * variance[bin]! ** 1.5;
    all += excess[bin]!;
    coins += variance[bin]!;
  }
  const leaning = spread && ((Z ** 2 - 1) / 6) * (third / spread);
  return {
    samples,
    error: error / samples,
    chance: chance / samples,
    most: (chance + Z * Math.sqrt(spread) + leaning + WHOLE) / samples,
    excess: all / samples,
    isBiased: Math.abs(all) > 2 * Math.sqrt(coins),
  };
}
