/** Filters on samples: probability of the answer, rank, what changed. */

import type { Facts } from "../data/sampleFacts.ts";

/** What became of a sample, from another record to the shown one. */
export type Change = "won" | "lost" | "wrong in both" | "other answer";

export interface SampleFilters {
  /** Probability of the answer, both ends included. */
  low: number;
  high: number;
  /** Ranks of the actual class that errors may have; null for any. */
  ranks: ReadonlySet<number> | null;
  /** Conditions on how the sample fared in other records; all must hold. */
  changes: readonly { there: Facts; change: Change }[];
}

export const BEYOND = 6;

/** 2 to 5, or 6 for all beyond, those of which it is unknown included. */
export function rankClass(rank: number, top: number): number {
  return rank >= 1 && rank <= Math.min(top, BEYOND - 1) ? rank : BEYOND;
}

export function changeOf(here: Facts, there: Facts, i: number): Change | null {
  const isRight = here.predictedLeaf[i] === here.trueLeaf[i];
  const wasRight = there.predictedLeaf[i] === there.trueLeaf[i];
  if (isRight) return wasRight ? null : "won";
  if (wasRight) return "lost";
  return here.predictedLeaf[i] === there.predictedLeaf[i]
    ? "wrong in both"
    : "other answer";
}

function isOf(change: Change, wanted: Change): boolean {
  // Those that are wrong in both may have another answer in each.
  if (wanted === "wrong in both") {
    return change === wanted || change === "other answer";
  }
  return change === wanted;
}

export interface Tests {
  probability: boolean;
  rank: boolean;
  change: boolean;
}

/** [N] which samples pass; some tests can be left out, to count for them. */
export function passing(
  facts: Facts,
  { low, high, ranks, changes }: SampleFilters,
  top: number,
  tests: Tests = { probability: true, rank: true, change: true },
): Uint8Array {
  const { confidence: answer, trueRank: rank } = facts;
  const passes = new Uint8Array(answer.length).fill(1);
  if (tests.probability && (low > 0 || high < 1)) {
    for (let i = 0; i < passes.length; i++) {
      // Stored probabilities are rounded: the ends of the axis hold all.
      const p = answer[i]!;
      if ((low > 0 && p < low) || (high < 1 && p > high)) passes[i] = 0;
    }
  }
  if (tests.rank && ranks) {
    for (let i = 0; i < passes.length; i++) {
      if (!ranks.has(rankClass(rank[i]!, top))) passes[i] = 0;
    }
  }
  if (tests.change) {
    for (const { there, change } of changes) {
      for (let i = 0; i < passes.length; i++) {
        const found = changeOf(facts, there, i);
        if (found === null || !isOf(found, change)) passes[i] = 0;
      }
    }
  }
  return passes;
}

/** How many bars the axis of probability has. */
export const BARS = 25;

export function barOf(probability: number): number {
  return Math.min(Math.floor(probability * BARS + 1e-6), BARS - 1);
}

/** [BARS] of the samples for which `isShown` holds. */
export function probabilityBars(
  { confidence: answer }: Facts,
  isShown: (i: number) => boolean,
): Uint32Array {
  const bars = new Uint32Array(BARS);
  for (let i = 0; i < answer.length; i++) {
    if (isShown(i)) bars[barOf(answer[i]!)]!++;
  }
  return bars;
}
