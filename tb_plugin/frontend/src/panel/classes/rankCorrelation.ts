/** Whether one measure of classes goes with another, by rank. */

import { signed } from "../../ui/format.ts";
import type { ClassScores } from "./classScores.ts";

export interface RankCorrelation {
  rho: number;
  /** Ends of its 95 % interval. */
  low: number;
  high: number;
}

const Z = 1.959963984540054;
/** The interval takes the logarithm of what is left of three. */
const FEWEST = 4;

/** [n] ranks from 1, their mean where values are equal. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, at) => at);
  order.sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!])
      to++;
    for (let at = from; at < to; at++) ranks[order[at]!] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}

/**
 * Spearman's rho with its interval by Fisher's z (Bonett and Wright,
 * Psychometrika 65, 2000).
 *
 * @returns null of fewer than four, and where all of either are equal
 */
export function rankCorrelation(
  one: readonly number[],
  two: readonly number[],
): RankCorrelation | null {
  const n = one.length;
  const mean = (n + 1) / 2;
  const [x, y] = [ranksOf(one), ranksOf(two)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let at = 0; at < n; at++) {
    const [a, b] = [x[at]! - mean, y[at]! - mean];
    xx += a * a;
    yy += b * b;
    xy += a * b;
  }
  if (n < FEWEST || xx === 0 || yy === 0) return null;
  const rho = xy / Math.sqrt(xx * yy);
  if (Math.abs(rho) >= 1) return { rho, low: rho, high: rho };
  const half = Z * Math.sqrt((1 + rho ** 2 / 2) / (n - 3));
  const z = Math.atanh(rho);
  return { rho, low: Math.tanh(z - half), high: Math.tanh(z + half) };
}

/** Whether small classes are worse, as far as it is shown. */
export function trendInWords({ samples, recall }: ClassScores): string {
  const known = [...samples.keys()].filter((at) => samples[at]! > 0);
  const found = rankCorrelation(
    known.map((at) => samples[at]!),
    known.map((at) => recall[at]!),
  );
  if (!found) return "Recall by samples: no trend can be computed";
  const { rho, low, high } = found;
  const said =
    low > 0
      ? "Small classes are worse"
      : high < 0
        ? "Large classes are worse"
        : "No trend with class size is shown";
  const [by, from, to] = [rho, low, high].map((each) => signed(each, 2));
  return `${said}: ρ ${by} (${from} to ${to})`;
}
