/** The share of the errors that stay inside their group, against chance. */

import type { Tree } from "../hierarchy/tree.ts";
import type { Epoch } from "./cells.ts";

export interface ErrorsInside {
  /** Of all errors; NaN without any. */
  share: number;
  /** The same if each error drew its class by how often classes are predicted. */
  chance: number;
}

/**
 * As `scores.block_confusion_ratio` and `block_confusion_chance` have it.
 *
 * @param nodes the groups of a level
 */
export function errorsInside(
  tree: Tree,
  { sums, total, errors }: Epoch,
  nodes: Int32Array,
): ErrorsInside {
  let inside = -sums.correct[0]!;
  let drawn = 0;
  for (const node of nodes) {
    inside += sums.truePositives[node]!;
    for (let at = tree.start[node]!; at < tree.stop[node]!; at++) {
      const leaf = tree.leaves[at]!;
      const mistakes = sums.support[leaf]! - sums.correct[leaf]!;
      const predicted = sums.predictedCount[leaf]!;
      // Of a class that is always predicted there is no mistake.
      const others = Math.max(total - predicted, 1);
      drawn += (mistakes * (sums.predictedCount[node]! - predicted)) / others;
    }
  }
  return { share: inside / errors, chance: drawn / errors };
}

/**
 * The share inside the groups of a computed tree of errors that it was not made
 * from: of the epoch that it was made from alone.
 */
export function unseenInside(
  { computed }: Tree,
  { errors }: Epoch,
  level: number,
): number | undefined {
  return computed?.origin_errors === errors
    ? computed.inside_held_out?.[level]
    : undefined;
}
