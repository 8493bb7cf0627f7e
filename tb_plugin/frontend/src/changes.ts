/** The difference of two matrices in the same places. */

import {
  type Cells,
  type Cut,
  type Groups,
  precision,
  recall,
  type Sums,
} from "./counts.ts";
import { contains, isLeaf, type Tree } from "./tree.ts";

/** The cells that differ: off the diagonal row by row, the diagonal apart. */
export interface Changes {
  size: number;
  rowStart: Uint32Array;
  row: Uint16Array;
  column: Uint16Array;
  /** The other minus the shown one: samples, or shares of the row. */
  change: Float64Array;
  /** Indices of the cells, smallest changes first. */
  weakestFirst: Uint32Array;
  diagonal: Float64Array;
}

/**
 * Subtracts the shown cells from the others.
 *
 * @param perRow samples of each row, here and there, for shares of the row
 * @param least smallest change that is kept
 */
export function subtract(
  shown: Cells,
  other: Cells,
  perRow?: { shown: Float64Array; other: Float64Array },
  least = 0,
): Changes {
  const { size } = shown;
  const most = shown.count.length + other.count.length;
  const [row, column] = [new Uint16Array(most), new Uint16Array(most)];
  const change = new Float64Array(most);
  const rowStart = new Uint32Array(size + 1);
  const diagonal = new Float64Array(size);
  const width = shown.width ?? size;
  const sums = new Float64Array(width);
  const seen = new Uint8Array(width);
  // Sums of shares round.
  const smallest = Math.max(least, 1e-9);
  let found = 0;
  for (let at = 0; at < size; at++) {
    const first = found;
    const add = (
      cells: Cells,
      samples: number | undefined,
      sign: 1 | -1,
    ): void => {
      // A row without samples has no shares to change.
      const unit = samples === undefined ? sign : samples ? sign / samples : 0;
      diagonal[at]! += unit * cells.diagonal[at]!;
      for (let k = cells.rowStart[at]!; k < cells.rowStart[at + 1]!; k++) {
        const to = cells.column[k]!;
        if (!seen[to]) {
          seen[to] = 1;
          column[found++] = to;
        }
        sums[to]! += unit * cells.count[k]!;
      }
    };
    add(shown, perRow?.shown[at], -1);
    add(other, perRow?.other[at], 1);
    let kept = first;
    for (let k = first; k < found; k++) {
      const to = column[k]!;
      if (Math.abs(sums[to]!) >= smallest) {
        row[kept] = at;
        column[kept] = to;
        change[kept++] = sums[to]!;
      }
      sums[to] = 0;
      seen[to] = 0;
    }
    found = kept;
    if (Math.abs(diagonal[at]!) < smallest) diagonal[at] = 0;
    rowStart[at + 1] = found;
  }
  const changed = change.slice(0, found);
  return {
    ...{ size, rowStart, diagonal, change: changed },
    row: row.slice(0, found),
    column: column.slice(0, found),
    weakestFirst: sortBySize(changed, perRow ? BINS - 1 : 1),
  };
}

const BINS = 4096;

/** Counting sort by absolute size; the last bin holds the very large. */
function sortBySize(change: Float64Array, unit: number): Uint32Array {
  const binOf = (k: number): number =>
    Math.min(Math.round(Math.abs(change[k]!) * unit), BINS - 1);
  const next = new Uint32Array(BINS + 1);
  for (let k = 0; k < change.length; k++) next[binOf(k) + 1]!++;
  for (let bin = 0; bin < BINS; bin++) next[bin + 1]! += next[bin]!;
  const order = new Uint32Array(change.length);
  for (let k = 0; k < change.length; k++) order[next[binOf(k)]!++] = k;
  return order;
}

/**
 * The largest change of any cell.
 *
 * @param folded flags of rows and columns that count only where all have one
 */
export function largestOf(
  { row, column, change, diagonal }: Changes,
  folded?: { rows: Uint8Array; columns: Uint8Array },
): number {
  let [most, rest] = [0, 0];
  const see = (from: number, to: number, value: number): void => {
    const size = Math.abs(value);
    if (folded?.rows[from] || folded?.columns[to]) rest = Math.max(rest, size);
    else most = Math.max(most, size);
  };
  change.forEach((value, k) => {
    see(row[k]!, column[k]!, value);
  });
  diagonal.forEach((value, group) => {
    see(group, group, value);
  });
  return most || rest;
}

/** A block of the cut, how much is in it, and how that differs. */
export interface Changed {
  rows: number;
  columns: number;
  count: number;
  change: number;
}

/**
 * The blocks of a cut that change most, among those a selection touches.
 *
 * A group is touched by its row band and by its column band, a pair of
 * different nodes by the block alone.
 */
export function largestChanges(
  tree: Tree,
  cut: Cut,
  shown: Cells,
  changes: Changes,
  selection: { rows: number; columns: number },
  most: number,
): Changed[] {
  const { rows, columns } = selection;
  const isIn = (outer: number, { nodes }: Groups): Uint8Array =>
    Uint8Array.from(nodes, (node) =>
      contains(tree, outer, node) || contains(tree, node, outer) ? 1 : 0,
    );
  const inRows = isIn(rows, cut);
  const inColumns = isIn(columns, cut.columns);
  const touches = (row: number, column: number): boolean =>
    rows === columns
      ? inRows[row] === 1 || inColumns[column] === 1
      : inRows[row] === 1 && inColumns[column] === 1;
  const found: (Changed & { at: readonly [number, number] })[] = [];
  const block = (row: number, column: number, change: number): void => {
    if (change === 0 || !touches(row, column)) return;
    const [from, to] = [cut.nodes[row]!, cut.columns.nodes[column]!];
    const at = [row, column] as const;
    found.push({ rows: from, columns: to, count: 0, change, at });
  };
  for (let i = changes.weakestFirst.length - 1; i >= 0; i--) {
    const k = changes.weakestFirst[i]!;
    if (found.length >= most) break;
    block(changes.row[k]!, changes.column[k]!, changes.change[k]!);
  }
  changes.diagonal.forEach((change, group) => {
    block(group, group, change);
  });
  found.sort((a, b) => Math.abs(b.change) - Math.abs(a.change));
  return found
    .slice(0, most)
    .map(({ at, ...each }) => ({ ...each, count: countIn(shown, ...at) }));
}

function countIn(cells: Cells, row: number, column: number): number {
  if (row === column && !cells.width) return cells.diagonal[row]!;
  for (let k = cells.rowStart[row]!; k < cells.rowStart[row + 1]!; k++) {
    if (cells.column[k] === column) return cells.count[k]!;
  }
  return 0;
}

/** How a node fares in the other matrix, minus how it fares in this one. */
export interface NodeChange {
  recall: number;
  precision: number;
  f1: number;
  /** Of samples: in its block, in it as a wrong class, out of it, into it. */
  inside: number;
  wrong: number;
  missed: number;
  intruding: number;
}

export function changeOf(shown: Sums, other: Sums, node: number): NodeChange {
  const by = (get: (sums: Sums) => number): number => get(other) - get(shown);
  return {
    recall: by((sums) => recall(sums, node)),
    precision: by((sums) => precision(sums, node)),
    f1: by((sums) => f1(sums, node)),
    inside: by((sums) => sums.inside[node]!),
    wrong: by((sums) => sums.inside[node]! - sums.right[node]!),
    missed: by((sums) => sums.actual[node]! - sums.inside[node]!),
    intruding: by((sums) => sums.predicted[node]! - sums.inside[node]!),
  };
}

function f1(sums: Sums, node: number): number {
  return (
    (2 * sums.inside[node]!) / (sums.actual[node]! + sums.predicted[node]!)
  );
}

/** Whether a cell of a cut is a class named rightly, or a group by its own. */
export function isOwn(tree: Tree, { rows, columns }: Changed): boolean {
  return rows === columns && !isLeaf(tree, rows);
}
