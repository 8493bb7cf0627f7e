/** The difference of two matrices in the same places. */

import { type Cells, f1, precision, recall, type Sums } from "./cells.ts";
import type { RemainderSums } from "./remainder.ts";

/** The cells of two matrices row by row, unchanged ones too; diagonal apart. */
export interface Difference {
  size: number;
  /** Whether changes are shares of the row. */
  isShare: boolean;
  rowStart: Uint32Array;
  row: Uint16Array;
  column: Uint16Array;
  /** The other minus the shown one: samples, or shares of the row. */
  change: Float64Array;
  /** Samples of the shown one, and of the other. */
  before: Float64Array;
  after: Float64Array;
  diagonal: Float64Array;
  diagonalBefore: Float64Array;
  diagonalAfter: Float64Array;
}

export interface Changes extends Difference {
  /** Indices of the cells, smallest changes first. */
  weakestFirst: Uint32Array;
  /** Where each of the cells is among all that were compared. */
  place: Uint32Array;
}

/** Whether the change of a cell off the diagonal is beyond chance. */
export function isBeyondAt(
  { rowStart, column }: Changes,
  { isBeyond }: BeyondChance,
  row: number,
  of: number,
): boolean {
  const from = rowStart[row] ?? 0;
  const at = column.subarray(from, rowStart[row + 1] ?? 0).indexOf(of);
  return at >= 0 && isBeyond[from + at] === 1;
}

/** 1 for more than chance, 0 for chance, `UNTESTED`. */
export interface BeyondChance {
  isBeyond: Uint8Array;
  isDiagonalBeyond: Uint8Array;
}

/** Sums of shares round. */
const TINY = 1e-9;

/** Room for all cells of two matrices, which is made once: it is large. */
let room = roomFor(0);

function roomFor(cells: number) {
  return {
    cells,
    row: new Uint16Array(cells),
    column: new Uint16Array(cells),
    before: new Float64Array(cells),
    after: new Float64Array(cells),
    change: new Float64Array(cells),
  };
}

type PerRow = { shown: Float64Array; other: Float64Array };

/**
 * Subtracts the shown cells from the others; `perRow` makes shares of the row.
 */
export function differenceOf(
  shown: Cells,
  other: Cells,
  perRow?: PerRow,
): Difference {
  const { size } = shown;
  const most = shown.count.length + other.count.length;
  if (room.cells < most) room = roomFor(most);
  const { row, column, before, after, change } = room;
  const rowStart = new Uint32Array(size + 1);
  const diagonal = new Float64Array(size);
  // Of each column the row in which it was last seen, and where it is kept.
  const seen = new Int32Array(shown.width ?? size).fill(-1);
  const place = new Uint32Array(seen.length);
  let found = 0;
  for (let at = 0; at < size; at++) {
    const first = found;
    let stop = shown.rowStart[at + 1]!;
    for (let k = shown.rowStart[at]!; k < stop; k++) {
      const to = shown.column[k]!;
      seen[to] = at;
      place[to] = found;
      column[found] = to;
      before[found] = shown.count[k]!;
      after[found++] = 0;
    }
    stop = other.rowStart[at + 1]!;
    for (let k = other.rowStart[at]!; k < stop; k++) {
      const to = other.column[k]!;
      if (seen[to] === at) after[place[to]!] = other.count[k]!;
      else {
        column[found] = to;
        before[found] = 0;
        after[found++] = other.count[k]!;
      }
    }
    // A row without samples, here or there, has no shares to change.
    const isEmpty = perRow && !(perRow.shown[at] && perRow.other[at]);
    const unit = (of?: Float64Array): number =>
      isEmpty ? 0 : of ? 1 / of[at]! : 1;
    const [lost, won] = [unit(perRow?.shown), unit(perRow?.other)];
    for (let k = first; k < found; k++) {
      change[k] = won * after[k]! - lost * before[k]!;
    }
    row.fill(at, first, found);
    diagonal[at] = won * other.diagonal[at]! - lost * shown.diagonal[at]!;
    rowStart[at + 1] = found;
  }
  return {
    size,
    isShare: perRow !== undefined,
    rowStart,
    diagonal,
    diagonalBefore: Float64Array.from(shown.diagonal),
    diagonalAfter: Float64Array.from(other.diagonal),
    before: before.slice(0, found),
    after: after.slice(0, found),
    change: change.slice(0, found),
    row: row.slice(0, found),
    column: column.slice(0, found),
  };
}

/** A difference without changes smaller than `least`. */
export function changesOf(difference: Difference, least = TINY): Changes {
  const { size, isShare, column, before, after, change } = difference;
  if (room.cells < change.length) room = roomFor(change.length);
  const rowStart = new Uint32Array(size + 1);
  const place = new Uint32Array(change.length);
  let kept = 0;
  for (let at = 0; at < size; at++) {
    const stop = difference.rowStart[at + 1]!;
    for (let k = difference.rowStart[at]!; k < stop; k++) {
      if (Math.abs(change[k]!) < least) continue;
      place[kept] = k;
      room.row[kept] = at;
      room.column[kept] = column[k]!;
      room.before[kept] = before[k]!;
      room.after[kept] = after[k]!;
      room.change[kept++] = change[k]!;
    }
    rowStart[at + 1] = kept;
  }
  const changed = room.change.slice(0, kept);
  return {
    ...difference,
    rowStart,
    diagonal: difference.diagonal.map((by) => (Math.abs(by) < least ? 0 : by)),
    before: room.before.slice(0, kept),
    after: room.after.slice(0, kept),
    change: changed,
    row: room.row.slice(0, kept),
    column: room.column.slice(0, kept),
    weakestFirst: sortBySize(changed, isShare ? BINS - 1 : 1),
    place: place.slice(0, kept),
  };
}

/** Both in one: what changed from the shown cells to the others. */
export function subtract(
  shown: Cells,
  other: Cells,
  perRow?: PerRow,
  least?: number,
): Changes {
  return changesOf(differenceOf(shown, other, perRow), least);
}

/** Changes of the sums of rows and columns; columns of shares stay counts. */
export function changeOfTotals(
  shown: RemainderSums,
  other: RemainderSums,
  perRow?: { shown: Float64Array; other: Float64Array },
): RemainderSums {
  return {
    rows: other.rows.map((sum, row) => {
      const before = shown.rows[row]!;
      if (!perRow) return sum - before;
      const [here, there] = [perRow.shown[row]!, perRow.other[row]!];
      return here && there ? sum / there - before / here : 0;
    }),
    columns: other.columns.map((sum, column) => sum - shown.columns[column]!),
    total: other.total - shown.total,
  };
}

const BINS = 4096;

/** Counting sort by absolute size; the last bin holds the very large. */
function sortBySize(change: Float64Array, unit: number): Uint32Array {
  const bins = new Uint16Array(change.length);
  const next = new Uint32Array(BINS + 1);
  for (let k = 0; k < bins.length; k++) {
    bins[k] = Math.min(Math.round(Math.abs(change[k]!) * unit), BINS - 1);
    next[bins[k]! + 1]!++;
  }
  for (let bin = 0; bin < BINS; bin++) next[bin + 1]! += next[bin]!;
  const order = new Uint32Array(bins.length);
  for (let k = 0; k < bins.length; k++) order[next[bins[k]!]!++] = k;
  return order;
}

/**
 * The largest change of any cell.
 *
 * @param beyond which cells count; all where nothing is said
 * @param folded flags of rows and columns that count only where all have one
 */
export function largestOf(
  { row, column, change, diagonal }: Changes,
  folded?: { rows: Uint8Array; columns: Uint8Array },
  beyond?: BeyondChance,
): number {
  let [most, rest] = [0, 0];
  const see = (from: number, to: number, value: number): void => {
    const size = Math.abs(value);
    if (folded?.rows[from] || folded?.columns[to]) rest = Math.max(rest, size);
    else most = Math.max(most, size);
  };
  change.forEach((value, k) => {
    if ((beyond?.isBeyond[k] ?? 1) === 1) see(row[k]!, column[k]!, value);
  });
  diagonal.forEach((value, group) => {
    if ((beyond?.isDiagonalBeyond[group] ?? 1) === 1) see(group, group, value);
  });
  return most || rest;
}

/** How a node fares in the other matrix, minus how it fares in this one. */
export interface NodeChange {
  recall: number;
  precision: number;
  f1: number;
  /** Of samples: in its block, in it as a wrong class, out of it, into it. */
  truePositives: number;
  wrongClass: number;
  falseNegatives: number;
  falsePositives: number;
}

export function changeOf(shown: Sums, other: Sums, node: number): NodeChange {
  const by = (get: (sums: Sums) => number): number => get(other) - get(shown);
  return {
    recall: by((sums) => recall(sums, node)),
    precision: by((sums) => precision(sums, node)),
    f1: by((sums) => f1(sums, node)),
    truePositives: by((sums) => sums.truePositives[node]!),
    wrongClass: by((sums) => sums.truePositives[node]! - sums.correct[node]!),
    falseNegatives: by(
      (sums) => sums.support[node]! - sums.truePositives[node]!,
    ),
    falsePositives: by(
      (sums) => sums.predictedCount[node]! - sums.truePositives[node]!,
    ),
  };
}
