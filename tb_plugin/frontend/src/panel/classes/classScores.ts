/** What a table of classes says of each of them, and in which order. */

import type { Sums } from "../../confusion/cells.ts";
import { precision, recall } from "../../confusion/cells.ts";
import { pOfExcess, RATE } from "../../confusion/chance/countTest.ts";
import { recallInterval } from "../../confusion/interval.ts";

/** Numbers of classes, in the order of `nodes`; NaN where nothing was counted. */
export interface ClassScores {
  nodes: Int32Array;
  samples: Float64Array;
  recall: Float64Array;
  /** Between what the recall lies. */
  low: Float64Array;
  high: Float64Array;
  precision: Float64Array;
  /** How often it was predicted for once that it occurs. */
  over: Float64Array;
  /** Place by recall among all classes, the best first; equals share one. */
  rank: Float64Array;
  /** Flags of those that are predicted more often than chance allows. */
  isSink: Uint8Array;
}

/**
 * @param nodes the classes to list
 * @param all all classes of the tree, for the ranks
 */
export function scoreClasses(
  sums: Sums,
  nodes: Int32Array,
  all: Int32Array,
): ClassScores {
  const of = (value: (node: number) => number): Float64Array =>
    Float64Array.from(nodes, value);
  const ranks = ranksOf(sums, all);
  const isKnown = (node: number): boolean => sums.support[node]! > 0;
  return {
    nodes,
    samples: of((node) => sums.support[node]!),
    recall: of((node) => recall(sums, node)),
    low: of((node) =>
      isKnown(node) ? recallInterval(sums, node).low : Number.NaN,
    ),
    high: of((node) =>
      isKnown(node) ? recallInterval(sums, node).high : Number.NaN,
    ),
    precision: of((node) => precision(sums, node)),
    over: of((node) =>
      isKnown(node)
        ? sums.predictedCount[node]! / sums.support[node]!
        : Number.NaN,
    ),
    rank: of((node) => ranks.get(node) ?? Number.NaN),
    isSink: findSinks(sums, nodes),
  };
}

const known = new WeakMap<Sums, Map<number, number>>();

function ranksOf(sums: Sums, all: Int32Array): Map<number, number> {
  let ranks = known.get(sums);
  if (!ranks) {
    ranks = new Map();
    const values = Float64Array.from(all, (node) => recall(sums, node));
    let [place, seen, last] = [0, 0, Number.NaN];
    for (const at of arrange(values, false)) {
      const value = values[at]!;
      if (Number.isNaN(value)) break;
      seen++;
      if (value !== last) place = seen;
      last = value;
      ranks.set(all[at]!, place);
    }
    known.set(sums, ranks);
  }
  return ranks;
}

/**
 * Classes that are predicted more often than they occur, beyond chance.
 *
 * The exact sign test of false positives against false negatives, corrected for
 * all classes that could be found (Benjamini and Hochberg).
 */
export function findSinks(sums: Sums, nodes: Int32Array): Uint8Array {
  const isSink = new Uint8Array(nodes.length);
  const likely: { p: number; at: number }[] = [];
  let tested = 0;
  nodes.forEach((node, at) => {
    const to = sums.predictedCount[node]! - sums.truePositives[node]!;
    const from = sums.support[node]! - sums.truePositives[node]!;
    if (0.5 ** (to + from) > RATE) return;
    tested++;
    // One standard error is not worth an exact test.
    if (to - from < Math.sqrt(to + from)) return;
    const p = pOfExcess(to, from);
    if (p <= RATE) likely.push({ p, at });
  });
  likely.sort((a, b) => a.p - b.p);
  let found = likely.length;
  while (found && likely[found - 1]!.p > (found / tested) * RATE) found--;
  for (const { at } of likely.slice(0, found)) isSink[at] = 1;
  return isSink;
}

/** Indices sorted by a value; equals stay, those without one come last. */
export function arrange(values: Float64Array, isUp: boolean): Uint32Array {
  const sign = isUp ? 1 : -1;
  const keys = values.map((value) =>
    Number.isNaN(value) ? Number.POSITIVE_INFINITY : sign * value,
  );
  return Uint32Array.from(keys.keys()).sort((a, b) =>
    keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : a - b,
  );
}
