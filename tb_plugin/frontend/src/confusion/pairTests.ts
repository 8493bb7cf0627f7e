/** Pairs of nodes that were tested, found by their nodes. */

import { nodesByLogged, type Tree } from "../hierarchy/tree.ts";
import type { TestedPairs } from "../server/surprise.ts";

export interface PairTests {
  answer: TestedPairs;
  /** Its place, the clearest 0; undefined for a pair that is not listed. */
  placeOf: (rows: number, columns: number) => number | undefined;
  testOf: (rows: number, columns: number) => PairTest;
}

/** The test of one pair; of what is not listed is known whether it is chance. */
export interface PairTest {
  isChance: boolean;
  isTested: boolean;
  known: {
    count: number;
    expected: number;
    back: number | undefined;
    p: number;
    q: number;
  } | null;
}

/** @param level the nodes of which all pairs were tested, each way */
export function findTests(
  tree: Tree,
  answer: TestedPairs,
  level: Int32Array,
): PairTests {
  const nodes = nodesByLogged(tree);
  const key = (rows: number, columns: number): number =>
    rows * nodes.length + columns;
  const places = new Map<number, number>();
  answer.rows.forEach((row, place) => {
    const [rows, columns] = [nodes[row], nodes[answer.columns[place]!]];
    if (rows === undefined || columns === undefined) return;
    places.set(key(rows, columns), place);
  });
  const own = new Set(level);
  const placeOf = (rows: number, columns: number): number | undefined =>
    places.get(key(rows, columns));
  const testOf = (rows: number, columns: number): PairTest => {
    const place = placeOf(rows, columns);
    if (place === undefined) {
      // Only pairs of the level were tested. What is found comes first, so
      // that the rest is chance if all of it came.
      const isTested = rows !== columns && own.has(rows) && own.has(columns);
      const isChance = isTested && answer.found <= answer.rows.length;
      return { isChance, isTested, known: null };
    }
    const q = answer.q[place] ?? 1;
    return {
      isChance: q > answer.rate,
      isTested: true,
      known: {
        count: answer.counts[place]!,
        expected: answer.expected[place]!,
        back: answer.back?.[place],
        p: answer.p[place] ?? 1,
        q,
      },
    };
  };
  return { answer, placeOf, testOf };
}
