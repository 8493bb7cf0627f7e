/** Where a share lies that was measured on a sample. */

import type { Sums } from "./cells.ts";

export interface Interval {
  low: number;
  high: number;
}

/** z of an interval that holds the true share 95 % of the time. */
const Z = 1.959963984540054;

/**
 * Wilson's score interval of a share; [0, 1] where there were no trials.
 *
 * Wilson, JASA 22, 1927; as `wilson_interval` of the library.
 */
export function wilsonInterval(
  successes: number,
  trials: number,
  z = Z,
): Interval {
  const inner = trials ? (successes * (trials - successes)) / trials : 0;
  const middle = (successes + z ** 2 / 2) / (trials + z ** 2);
  const half = (z * Math.sqrt(inner + z ** 2 / 4)) / (trials + z ** 2);
  return {
    low: successes === 0 ? 0 : Math.max(middle - half, 0),
    high: successes === trials ? 1 : Math.min(middle + half, 1),
  };
}

// Runs over the same samples are not so many times the samples: a set of them
// is known as well as one.
function intervalOf(
  { truePositives, runs = 1 }: Sums,
  node: number,
  of: Float64Array,
): Interval {
  return wilsonInterval(truePositives[node]! / runs, of[node]! / runs);
}

export function recallInterval(sums: Sums, node: number): Interval {
  return intervalOf(sums, node, sums.support);
}

export function precisionInterval(sums: Sums, node: number): Interval {
  return intervalOf(sums, node, sums.predictedCount);
}
