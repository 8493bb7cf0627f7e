/** What is asked of every sample, in the places of the tree on screen. */

import type { Cells } from "../../confusion/cells.ts";
import { sortByCount } from "../../confusion/cells.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import type { SampleRecord } from "./sampleFormat.ts";
import type { SampleIndex } from "./sampleIndex.ts";

/** [N] each. */
export interface Facts {
  /** Positions. */
  trueLeaf: Uint16Array;
  predictedLeaf: Uint16Array;
  /** Probability of the answer. */
  confidence: Float32Array;
  /**
   * By how much the answer leads: over the actual class where it is wrong,
   * over the second best where it is right; NaN where that is unknown.
   */
  margin: Float32Array;
  loss: Float32Array;
  trueRank: Uint32Array;
}

export function factsOf(
  record: SampleRecord,
  { labels }: SampleIndex,
  tree: Tree,
): Facts {
  const { samples, classes } = record.header;
  if (classes !== tree.leaves.length) {
    throw new Error(
      `samples of ${classes} classes, beside a tree of ${tree.leaves.length}`,
    );
  }
  const [best] = record.best as [Uint32Array];
  const [answer, next] = record.probability as [Float32Array, Float32Array?];
  const actual = new Uint16Array(samples);
  const predicted = new Uint16Array(samples);
  const margin = new Float32Array(samples);
  for (let i = 0; i < samples; i++) {
    actual[i] = tree.leafOfLabel[labels[i]!]!;
    predicted[i] = tree.leafOfLabel[best[i]!]!;
    const rival =
      actual[i] === predicted[i]
        ? (next?.[i] ?? Number.NaN)
        : record.trueProbability[i]!;
    margin[i] = answer[i]! - rival;
  }
  const { loss, trueRank: rank } = record;
  return {
    trueLeaf: actual,
    predictedLeaf: predicted,
    confidence: answer,
    margin,
    loss,
    trueRank: rank,
  };
}

/** Whether each label stands for the same class in both trees. */
export function hasSameLabels(one: Tree, other: Tree): boolean {
  if (one === other) return true;
  if (one.leaves.length !== other.leaves.length) return false;
  const id = (
    { ids, leaves, leafOfLabel: rank }: Tree,
    label: number,
  ): string => ids[leaves[rank[label]!]!]!;
  return one.order.every((label) => id(one, label) === id(other, label));
}

/** The confusion matrix of those samples that pass. */
export function recounted(
  { trueLeaf: actual, predictedLeaf: predicted }: Facts,
  passes: Uint8Array,
  size: number,
): Cells {
  const diagonal = new Float64Array(size);
  const keys = new Float64Array(actual.length);
  let found = 0;
  for (let i = 0; i < actual.length; i++) {
    if (!passes[i]) continue;
    const [row, column] = [actual[i]!, predicted[i]!];
    if (row === column) diagonal[row]!++;
    else keys[found++] = row * size + column;
  }
  const sorted = keys.subarray(0, found).sort();
  const row = new Uint16Array(found);
  const column = new Uint16Array(found);
  const count = new Uint32Array(found);
  const rowStart = new Uint32Array(size + 1);
  let made = -1;
  sorted.forEach((key, i) => {
    if (i === 0 || key !== sorted[i - 1]) {
      made++;
      row[made] = Math.floor(key / size);
      column[made] = key % size;
      rowStart[row[made]! + 1]!++;
    }
    count[made]!++;
  });
  for (let at = 0; at < size; at++) rowStart[at + 1]! += rowStart[at]!;
  const cut = <A extends Uint16Array | Uint32Array>(array: A): A =>
    array.slice(0, made + 1) as A;
  const counts = cut(count);
  return {
    size,
    rowStart,
    diagonal,
    count: counts,
    row: cut(row),
    column: cut(column),
    weakestFirst: sortByCount(counts),
  };
}
