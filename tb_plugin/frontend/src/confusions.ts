/** Which classes and groups a selection is confused with. */

import type { Cells, Epoch, Sums } from "./counts.ts";
import { contains, type Tree } from "./tree.ts";

export interface Pair {
  row: number;
  column: number;
  count: number;
}

/** Errors between two blocks of positions. */
export function sumBetween(
  tree: Tree,
  { cells, sums }: Epoch,
  rows: number,
  columns: number,
): number {
  if (rows === columns) return sums.inside[rows]!;
  const low = tree.start[columns]!;
  const high = tree.stop[columns]!;
  let sum = 0;
  const first = cells.rowStart[tree.start[rows]!]!;
  const last = cells.rowStart[tree.stop[rows]!]!;
  for (let k = first; k < last; k++) {
    const column = cells.column[k]!;
    if (column >= low && column < high) sum += cells.count[k]!;
  }
  if (contains(tree, rows, columns)) sum += sums.right[columns]!;
  else if (contains(tree, columns, rows)) sum += sums.right[rows]!;
  return sum;
}

/**
 * The largest errors that touch a group, or lie in a block, and their number.
 *
 * A block is a pair of different nodes; a group is touched by its row band and
 * by its column band.
 */
export function topPairs(
  tree: Tree,
  cells: Cells,
  rows: number,
  columns: number,
  most: number,
): { pairs: Pair[]; found: number } {
  const inRows = spanTest(tree, rows);
  const inColumns = spanTest(tree, columns);
  const isGroup = rows === columns;
  const pairs: Pair[] = [];
  let found = 0;
  for (let i = cells.weakestFirst.length - 1; i >= 0; i--) {
    const k = cells.weakestFirst[i]!;
    const [row, column] = [cells.row[k]!, cells.column[k]!];
    const touches = isGroup
      ? inRows(row) || inColumns(column)
      : inRows(row) && inColumns(column);
    if (!touches) continue;
    found++;
    if (pairs.length < most)
      pairs.push({ row, column, count: cells.count[k]! });
  }
  return { pairs, found };
}

function spanTest(tree: Tree, node: number): (position: number) => boolean {
  const [low, high] = [tree.start[node]!, tree.stop[node]!];
  return (position) => position >= low && position < high;
}

export interface Share {
  node: number;
  count: number;
}

/** Where the errors of a group go, and where others named it come from. */
export function outsideOf(
  tree: Tree,
  cells: Cells,
  node: number,
  groups: Int32Array,
  most: number,
): { to: Share[]; from: Share[] } {
  const [low, high] = [tree.start[node]!, tree.stop[node]!];
  const to = new Float64Array(cells.size);
  const from = new Float64Array(cells.size);
  for (let k = 0; k < cells.count.length; k++) {
    const [row, column] = [cells.row[k]!, cells.column[k]!];
    const inRows = row >= low && row < high;
    const inColumns = column >= low && column < high;
    if (inRows && !inColumns) to[column]! += cells.count[k]!;
    if (inColumns && !inRows) from[row]! += cells.count[k]!;
  }
  const largest = (counts: Float64Array): Share[] =>
    Array.from(groups, (group) => ({
      node: group,
      count: counts
        .subarray(tree.start[group]!, tree.stop[group]!)
        .reduce((sum, count) => sum + count, 0),
    }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count)
      .slice(0, most);
  return { to: largest(to), from: largest(from) };
}

/** The parts of a group at the next finer level, largest first. */
export function partsOf(tree: Tree, node: number): number[] {
  for (const { nodes } of tree.levels) {
    const parts = [...nodes].filter(
      (each) => each !== node && contains(tree, node, each),
    );
    if (parts.length > 1) return parts;
  }
  return [];
}

/** Errors that leave a node, and errors of others that name it. */
export function missed(sums: Sums, node: number): number {
  return sums.actual[node]! - sums.inside[node]!;
}

export function intruding(sums: Sums, node: number): number {
  return sums.predicted[node]! - sums.inside[node]!;
}
