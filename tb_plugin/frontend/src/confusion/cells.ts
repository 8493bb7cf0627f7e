/** What a decoded matrix says in display order: cells, and sums for nodes. */

import { type Cut, groupOfNode, isAsymmetric } from "../hierarchy/groups.ts";
import type { Tree } from "../hierarchy/tree.ts";
import { countScale } from "../ui/drawing.ts";
import { decodeMatrix, type Matrix } from "./matrixFormat.ts";

/** Samples of cells; means over runs are no whole numbers. */
export type Counts = Uint32Array | Float64Array;

export function countsLike(counts: Counts, length: number): Counts {
  return counts instanceof Float64Array
    ? new Float64Array(length)
    : new Uint32Array(length);
}

/** The nonzero cells off the diagonal, row by row, and the diagonal apart. */
export interface Cells {
  size: number;
  /**
   * The number of columns where they are others than the rows. Then no cell is
   * on a diagonal: all are in the list.
   */
  width?: number;
  rowStart: Uint32Array;
  row: Uint16Array;
  column: Uint16Array;
  count: Counts;
  /** Indices of the cells, weakest first. */
  weakestFirst: Uint32Array;
  diagonal: Float64Array;
  /** What is in cells of groups alone, where two runs share some classes only. */
  named?: NamedOut;
}

/** Samples that are named a class which the tree lacks, in a group that it has. */
export interface NamedOut {
  tree: Tree;
  /** [n] the positions of their classes, in order. */
  row: Uint16Array;
  /** [n] the nodes of the groups. */
  node: Int32Array;
  count: Float64Array;
}

/** Sums for every node: a row band, a column band, a block, right answers. */
export interface Sums {
  support: Float64Array;
  predictedCount: Float64Array;
  truePositives: Float64Array;
  correct: Float64Array;
  /** Over how many runs they are summed, if several. */
  runs?: number | undefined;
}

export interface Epoch {
  cells: Cells;
  sums: Sums;
  total: number;
  errors: number;
  /** Samples of classes that the tree lacks, by the node they are named. */
  strangers?: Float64Array;
}

/** Decodes an epoch in the order of a tree; `runs` is how many are summed. */
export function readEpoch(
  buffer: ArrayBuffer,
  tree: Tree,
  runs?: number,
): Epoch {
  const cells = cellsOf(decodeMatrix(buffer, tree.leafOfLabel));
  const sums = { ...sumByNode(cells, tree), runs };
  const total = sums.support[0]!;
  return { cells, sums, total, errors: total - sums.correct[0]! };
}

/** Takes the diagonal out of a matrix, whose arrays become those of the cells. */
function cellsOf({ header: { size }, column, count, ...all }: Matrix): Cells {
  const rowStart = new Uint32Array(size + 1);
  const row = new Uint16Array(column.length);
  const diagonal = new Float64Array(size);
  let k = 0;
  for (let at = 0; at < size; at++) {
    for (let from = all.rowStart[at]!; from < all.rowStart[at + 1]!; from++) {
      if (column[from] === at) {
        diagonal[at] = count[from]!;
        continue;
      }
      column[k] = column[from]!;
      count[k++] = count[from]!;
    }
    row.fill(at, rowStart[at], k);
    rowStart[at + 1] = k;
  }
  // But for the diagonal all of them: a copy would not be smaller.
  const kept = count.subarray(0, k);
  return {
    size,
    rowStart,
    diagonal,
    count: kept,
    row: row.subarray(0, k),
    column: column.subarray(0, k),
    weakestFirst: sortByCount(kept),
  };
}

const BINS = 4096;

/** Counting sort; counts of 4,095 and more share the last bin. */
export function sortByCount(count: Counts): Uint32Array {
  const next = new Uint32Array(BINS + 1);
  const binOf = (k: number): number => Math.min(count[k]!, BINS - 1) | 0;
  for (let k = 0; k < count.length; k++) next[binOf(k) + 1]!++;
  for (let bin = 0; bin < BINS; bin++) next[bin + 1]! += next[bin]!;
  const order = new Uint32Array(count.length);
  for (let k = 0; k < count.length; k++) {
    order[next[binOf(k)]!++] = k;
  }
  return order;
}

/** How many cells, weakest first, hold fewer samples than a whole number. */
export function cellsBelow(
  count: ArrayLike<number>,
  weakestFirst: ArrayLike<number>,
  least: number,
): number {
  const inOrder = Math.min(least, BINS - 1);
  let low = 0;
  let high = weakestFirst.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (count[weakestFirst[middle]!]! < inOrder) low = middle + 1;
    else high = middle;
  }
  let found = low;
  // Those of the last bin are in no order.
  for (let i = low; inOrder < least && i < weakestFirst.length; i++) {
    if (count[weakestFirst[i]!]! < least) found++;
  }
  return found;
}

export function sumByNode(cells: Cells, tree: Tree): Sums {
  const nodes = tree.parent.length;
  const actual = new Float64Array(nodes);
  const predicted = new Float64Array(nodes);
  const inside = new Float64Array(nodes);
  const right = new Float64Array(nodes);
  const { rowStart, column, count, diagonal } = cells;
  const { leaves, parent, start, stop } = tree;
  // Where the row at hand meets each column: in pre-order a node holds what it
  // holds until the walk has left it.
  const meeting = new Int32Array(cells.size);
  let above = -1;
  for (let node = 0; node < nodes; node++) {
    for (; above !== parent[node]; above = parent[above]!) {
      meeting.fill(parent[above]!, start[above]!, stop[above]!);
    }
    meeting.fill(node, start[node]!, stop[node]!);
    above = node;
    const row = start[node]!;
    if (leaves[row] !== node) continue;
    let samples = diagonal[row]!;
    inside[node]! += samples;
    predicted[node]! += samples;
    right[node] = samples;
    for (let k = rowStart[row]!; k < rowStart[row + 1]!; k++) {
      const to = column[k]!;
      const value = count[k]!;
      samples += value;
      predicted[leaves[to]!]! += value;
      inside[meeting[to]!]! += value;
    }
    actual[node] = samples;
  }
  // Children have larger numbers than their parents.
  for (const sums of [actual, predicted, inside, right]) {
    for (let node = nodes - 1; node > 0; node--) {
      sums[tree.parent[node]!]! += sums[node]!;
    }
  }
  return {
    support: actual,
    predictedCount: predicted,
    truePositives: inside,
    correct: right,
  };
}

export function recall(sums: Sums, node: number): number {
  return sums.truePositives[node]! / sums.support[node]!;
}

export function precision(sums: Sums, node: number): number {
  return sums.truePositives[node]! / sums.predictedCount[node]!;
}

export function f1(sums: Sums, node: number): number {
  return (
    (2 * sums.truePositives[node]!) /
    (sums.support[node]! + sums.predictedCount[node]!)
  );
}

export function countAt(cells: Cells, row: number, column: number): number {
  if (row === column && !cells.width) return cells.diagonal[row]!;
  for (let k = cells.rowStart[row]!; k < cells.rowStart[row + 1]!; k++) {
    if (cells.column[k] === column) return cells.count[k]!;
  }
  return 0;
}

/** The largest count, or twice the third largest if that is less. */
export function reachOf(
  { row, count, diagonal }: Cells,
  isUsual: Uint8Array | null,
): number {
  let [first, second, third] = [0, 0, 0];
  const add = (value: number, at: number): void => {
    if (value <= third || isUsual?.[at] === 0) return;
    third = Math.min(second, value);
    second = Math.max(second, Math.min(first, value));
    first = Math.max(first, value);
  };
  for (let k = 0; k < count.length; k++) add(count[k]!, row[k]!);
  for (let at = 0; at < diagonal.length; at++) add(diagonal[at]!, at);
  const most = (third * countScale.timesThird) / 2;
  return most ? Math.min(first, most) : first;
}

/** Sums cells over groups; with `errorsOnly` right answers are left out. */
export function collapse(cells: Cells, cut: Cut, errorsOnly: boolean): Cells {
  const size = cut.nodes.length;
  const { groupOf, columns: across } = cut;
  const apart = isAsymmetric(cut);
  if (size === cells.size && !apart) {
    if (!errorsOnly) return cells;
    return { ...cells, diagonal: new Float64Array(size) };
  }
  const rowStart = new Uint32Array(size + 1);
  const diagonal = new Float64Array(size);
  const nonzeros =
    cells.count.length +
    (apart ? cells.size : 0) +
    (cells.named?.row.length ?? 0);
  const rows = new Uint16Array(nonzeros);
  const columns = new Uint16Array(nonzeros);
  const counts = countsLike(cells.count, nonzeros);
  // One row of groups at a time: all of them may be too many to hold.
  const width = across.nodes.length;
  const sums = new Float64Array(width);
  const touched = new Uint16Array(width);
  let made = 0;
  let found = 0;
  let position = 0;
  const out = cells.named;
  let next = 0;
  const add = (column: number, count: number): void => {
    if (sums[column] === 0) touched[found++] = column;
    sums[column]! += count;
  };
  for (let group = 0; group < size; group++) {
    found = 0;
    for (; groupOf[position] === group; position++) {
      const right = errorsOnly ? 0 : cells.diagonal[position]!;
      if (!apart) diagonal[group]! += right;
      else if (right > 0) add(across.groupOf[position]!, right);
      const stop = cells.rowStart[position + 1]!;
      for (let k = cells.rowStart[position]!; k < stop; k++) {
        add(across.groupOf[cells.column[k]!]!, cells.count[k]!);
      }
    }
    for (; out && out.row[next]! < position; next++) {
      const column = groupOfNode(out.tree, across, out.node[next]!);
      if (column >= 0) add(column, out.count[next]!);
    }
    for (let i = 0; i < found; i++) {
      const column = touched[i]!;
      if (column === group && !apart) diagonal[group]! += sums[column]!;
      else {
        rows[made] = group;
        columns[made] = column;
        counts[made++] = sums[column]!;
      }
      sums[column] = 0;
    }
    rowStart[group + 1] = made;
  }
  const count = counts.slice(0, made);
  return {
    size,
    rowStart,
    diagonal,
    count,
    ...(apart ? { width } : {}),
    row: rows.slice(0, made),
    column: columns.slice(0, made),
    weakestFirst: sortByCount(count),
  };
}

/** [nonzeros] the count of the opposite cell. */
export function reverses({
  size,
  rowStart,
  row,
  column,
  count,
}: Cells): Counts {
  const columnStart = new Uint32Array(size + 1);
  for (const at of column) columnStart[at + 1]!++;
  for (let at = 0; at < size; at++) columnStart[at + 1]! += columnStart[at]!;
  const next = columnStart.slice();
  const byColumn = new Uint32Array(count.length);
  for (let k = 0; k < count.length; k++) byColumn[next[column[k]!]!++] = k;
  const into = countsLike(count, size);
  const back = countsLike(count, count.length);
  for (let at = 0; at < size; at++) {
    const [first, last] = [columnStart[at]!, columnStart[at + 1]!];
    for (let i = first; i < last; i++) {
      into[row[byColumn[i]!]!] = count[byColumn[i]!]!;
    }
    for (let k = rowStart[at]!; k < rowStart[at + 1]!; k++) {
      back[k] = into[column[k]!]!;
    }
    for (let i = first; i < last; i++) into[row[byColumn[i]!]!] = 0;
  }
  return back;
}
