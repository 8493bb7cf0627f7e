/** Which classes a layer has seen, as the sums of an epoch. */

import type { Sums } from "../../confusion/cells.ts";
import * as view from "../../state/all.ts";
import { spanOf } from "../data/likeness.ts";

/**
 * Marks classes without samples as such, and no others.
 *
 * @param of what holds a flag for each place of the tree
 */
export function presenceIn(of: { isThere: Uint8Array } | null): Sums | null {
  const tree = view.tree.value;
  if (!of || !tree) return null;
  const there = Float64Array.from(tree.parent, (_, node) =>
    of.isThere.subarray(...spanOf(tree, node)).includes(1) ? 1 : 0,
  );
  return {
    support: there,
    predictedCount: there,
    truePositives: there,
    correct: there,
  };
}
