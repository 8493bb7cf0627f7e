/** How much better than chance a share is. */

import type { Epoch } from "./cells.ts";

/**
 * Conditional kappa: a share of right answers beyond chance, 1 if all are right.
 *
 * Light, Psychological Bulletin 76, 1971.
 */
export function beyondChance(share: number, chance: number): number {
  return chance < 1 ? (share - chance) / (1 - chance) : 0;
}

/** Kappa’s chance: the share that guesses in the proportions of answers hit. */
export function guessedRight(
  nodes: Int32Array,
  { sums, total }: Pick<Epoch, "sums" | "total">,
): number {
  const both = nodes.reduce(
    (sum, node) => sum + sums.support[node]! * sums.predictedCount[node]!,
    0,
  );
  return both / total ** 2;
}

/** The same of a share and its kappa; undefined where all are right. */
export function chanceBehind(share: number, kappa: number): number | undefined {
  return kappa < 1 ? (share - kappa) / (1 - kappa) : undefined;
}
