/** What accuracy would gain, were classes one that are hard to tell apart. */

import type { PairJson } from "../../server/qualityAnswer.ts";

export interface Gain {
  /** Those that were merged: no two of them share a class. */
  pairs: number;
  /** Shares of all samples: what is right so far, and what it would be. */
  before: number;
  after: number;
  /** By how much chance alone would raise it. */
  chance: number;
}

type Pair = Pick<PairJson, "a" | "b" | "a_as_b" | "b_as_a" | "expected">;

/**
 * Counts the errors between the two classes of each pair as right.
 *
 * A class is merged once: pairs come in the order of their evidence, and one of
 * which a class is merged already is left out. All together would join most
 * classes of a weak network into one, of which being right says nothing.
 */
export function gainOf(
  correct: number,
  total: number,
  pairs: readonly Pair[],
): Gain {
  const merged = new Set<number>();
  let crossed = 0;
  let expected = 0;
  for (const pair of pairs) {
    if (merged.has(pair.a) || merged.has(pair.b)) continue;
    merged.add(pair.a).add(pair.b);
    crossed += pair.a_as_b + pair.b_as_a;
    expected += pair.expected;
  }
  return {
    pairs: merged.size / 2,
    before: correct / total,
    after: (correct + crossed) / total,
    chance: expected / total,
  };
}
