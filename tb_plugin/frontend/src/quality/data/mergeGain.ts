/** What accuracy would gain, were classes one that are hard to tell apart. */

import type { Epoch } from "../../confusion/cells.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import type { PairJson } from "../../server/qualityAnswer.ts";

export interface Gain {
  pairs: number;
  /** Shares of all samples: what is right so far, and what it would be. */
  before: number;
  after: number;
  /** By how much chance alone would raise it. */
  chance: number;
}

type Pair = Pick<PairJson, "a" | "b" | "expected">;

/**
 * Merges the classes of all pairs, and counts errors between them as right.
 *
 * Pairs that share a class merge into one: an error between any two of its
 * classes counts, and counts once.
 */
export function gainOf(
  tree: Tree,
  { cells, sums, total }: Epoch,
  pairs: readonly Pair[],
): Gain {
  const mergedInto = Int32Array.from({ length: cells.size }, (_, at) => at);
  const find = (position: number): number => {
    let at = position;
    while (mergedInto[at] !== at) {
      mergedInto[at] = mergedInto[mergedInto[at]!]!;
      at = mergedInto[at]!;
    }
    return at;
  };
  let chance = 0;
  for (const { a, b, expected } of pairs) {
    const [one, other] = [a, b].map((label) =>
      find(tree.leafOfLabel[label]!),
    ) as [number, number];
    mergedInto[one] = other;
    chance += expected;
  }
  const root = mergedInto.map((_, at) => find(at));
  let between = 0;
  for (let k = 0; k < cells.count.length; k++) {
    if (root[cells.row[k]!] === root[cells.column[k]!]) {
      between += cells.count[k]!;
    }
  }
  const correct = sums.correct[0]!;
  return {
    pairs: pairs.length,
    before: correct / total,
    after: (correct + between) / total,
    chance: chance / total,
  };
}
