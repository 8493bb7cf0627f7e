/** Pairs of nodes that were tested, found by their nodes. */

import { nodesByLogged, type Tree } from "../hierarchy/tree.ts";
import type { TestedPairs } from "../server/surprise.ts";

export interface PairTests {
  answer: TestedPairs;
  /** Its place, the clearest 0; undefined for a pair that is not listed. */
  placeOf: (rows: number, columns: number) => number | undefined;
}

/** The test of one pair; of what is not listed is known whether it is chance. */
export interface PairTest {
  isChance: boolean;
  known: {
    count: number;
    expected: number | undefined;
    back: number | undefined;
    p: number;
    q: number;
  } | null;
}

export function findTests(tree: Tree, answer: TestedPairs): PairTests {
  const nodes = nodesByLogged(tree);
  const key = (rows: number, columns: number): number =>
    rows * nodes.length + columns;
  const places = new Map<number, number>();
  answer.rows.forEach((row, place) => {
    const [rows, columns] = [nodes[row], nodes[answer.columns[place]!]];
    if (rows === undefined || columns === undefined) return;
    places.set(key(rows, columns), place);
  });
  return { answer, placeOf: (rows, columns) => places.get(key(rows, columns)) };
}

export function testOf(
  { answer, placeOf }: PairTests,
  rows: number,
  columns: number,
): PairTest {
  const place = placeOf(rows, columns);
  if (place === undefined) {
    // What is found comes first, so that the rest is chance if all of it came.
    return { isChance: answer.found <= answer.rows.length, known: null };
  }
  const q = answer.q[place] ?? 1;
  return {
    isChance: q > answer.rate,
    known: {
      count: answer.counts[place]!,
      expected: answer.expected?.[place],
      back: answer.back?.[place],
      p: answer.p[place] ?? 1,
      q,
    },
  };
}
