/** How much better than chance a share is. */

/**
 * A share of right answers, corrected for chance; null where chance is certain.
 *
 * Of a group it is the recall beyond what guesses in the proportions of all
 * predictions would give: conditional kappa. 0 is chance, 1 all right.
 *
 * Light, Psychological Bulletin 76, 1971.
 */
export function beyondChance(share: number, chance: number): number | null {
  return chance < 1 ? (share - chance) / (1 - chance) : null;
}
