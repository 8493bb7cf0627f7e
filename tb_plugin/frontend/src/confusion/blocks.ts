/** Which classes and groups a selection is confused with. */

import { type Cut, groupOfNode } from "../hierarchy/groups.ts";
import { contains, type Tree } from "../hierarchy/tree.ts";
import type { Cells, Epoch, Sums } from "./cells.ts";

export function sumBetween(
  tree: Tree,
  { cells, sums }: Epoch,
  rows: number,
  columns: number,
): number {
  if (rows === columns) return sums.truePositives[rows]!;
  const low = tree.start[columns]!;
  const high = tree.stop[columns]!;
  let sum = 0;
  const first = cells.rowStart[tree.start[rows]!]!;
  const last = cells.rowStart[tree.stop[rows]!]!;
  for (let k = first; k < last; k++) {
    const column = cells.column[k]!;
    if (column >= low && column < high) sum += cells.count[k]!;
  }
  const { named } = cells;
  named?.node.forEach((node, k) => {
    const row = tree.leaves[named.row[k]!]!;
    if (contains(tree, columns, node) && contains(tree, rows, row))
      sum += named.count[k]!;
  });
  return sum + (sums.correct[commonOf(tree, rows, columns) ?? -1] ?? 0);
}

/** The same without right answers. */
export function errorsBetween(
  tree: Tree,
  epoch: Epoch,
  rows: number,
  columns: number,
): number {
  const right = epoch.sums.correct[commonOf(tree, rows, columns) ?? -1] ?? 0;
  return sumBetween(tree, epoch, rows, columns) - right;
}

/** Of two nodes the one that lies in the other, or is the other. */
export function commonOf(
  tree: Tree,
  one: number,
  other: number,
): number | null {
  if (contains(tree, one, other)) return other;
  return contains(tree, other, one) ? one : null;
}

export interface Share {
  node: number;
  count: number;
}

/** Where the errors of a group go, and where others named it come from.
 *
 * What is left of a group that holds the node is listed as that group.
 */
export function outsideOf(
  tree: Tree,
  cells: Cells,
  node: number,
  { nodes, columns }: Cut,
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
  const { named } = cells;
  named?.node.forEach((group, k) => {
    const row = named.row[k]!;
    const inRows = row >= low && row < high;
    const inColumns = contains(tree, node, group);
    if (inColumns && !inRows) from[row]! += named.count[k]!;
    if (!inRows || inColumns || groupOfNode(tree, columns, group) < 0) return;
    to[tree.start[group]!]! += named.count[k]!;
  });
  const largest = (counts: Float64Array, groups: Int32Array): Share[] =>
    Array.from(groups, (group) => ({
      node: group,
      count: counts
        .subarray(tree.start[group]!, tree.stop[group]!)
        .reduce((sum, count) => sum + count, 0),
    }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count)
      .slice(0, most);
  return { to: largest(to, columns.nodes), from: largest(from, nodes) };
}

/** Sorts parts by a value; those without one come last either way. */
export function arrangeParts(
  parts: readonly number[],
  score: (part: number) => number,
  isUp: boolean,
): number[] {
  const last = isUp ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  const key = (part: number): number => {
    const value = score(part);
    return Number.isFinite(value) ? value : last;
  };
  const sign = isUp ? 1 : -1;
  return parts.toSorted((a, b) => {
    const [x, y] = [key(a), key(b)];
    return x === y ? 0 : sign * (x - y);
  });
}

/** Errors that leave a node, and errors of others that name it. */
export function falseNegatives(sums: Sums, node: number): number {
  return sums.support[node]! - sums.truePositives[node]!;
}

export function falsePositives(sums: Sums, node: number): number {
  return sums.predictedCount[node]! - sums.truePositives[node]!;
}
