/** How much better than chance a share is. */

import type { Epoch } from "./cells.ts";

/**
 * A share of right answers, corrected for chance.
 *
 * Of a group it is the recall beyond what guesses in the proportions of all
 * predictions would give: conditional kappa. 0 is chance, 1 all right. Where
 * all predictions name the group nothing beyond chance was shown: 0.
 *
 * Light, Psychological Bulletin 76, 1971.
 */
export function beyondChance(share: number, chance: number): number {
  return chance < 1 ? (share - chance) / (1 - chance) : 0;
}

/**
 * The share of samples whose group would be named by guesses in the
 * proportions of all predictions: what kappa takes for chance.
 *
 * @param nodes the groups of a level
 */
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
