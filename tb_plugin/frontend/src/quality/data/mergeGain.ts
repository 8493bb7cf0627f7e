/** What accuracy would gain, were classes one that are hard to tell apart. */

import type { PairJson } from "../../server/qualityAnswer.ts";

export interface Gain {
  pairs: number;
  /** Shares of all samples: what is right so far, and what it would be. */
  before: number;
  after: number;
  /** By how much chance alone would raise it. */
  chance: number;
}

type Pair = Pick<PairJson, "a_as_b" | "b_as_a" | "expected">;

/**
 * Counts the errors between the two classes of each pair as right.
 *
 * Errors between two classes that only a third one joins stay wrong: nothing
 * says that these are one, and no chance is known of them.
 */
export function gainOf(
  correct: number,
  total: number,
  pairs: readonly Pair[],
): Gain {
  let crossed = 0;
  let expected = 0;
  for (const pair of pairs) {
    crossed += pair.a_as_b + pair.b_as_a;
    expected += pair.expected;
  }
  return {
    pairs: pairs.length,
    before: correct / total,
    after: (correct + crossed) / total,
    chance: expected / total,
  };
}
