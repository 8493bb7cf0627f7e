/** Sums of rows and columns, and what a part leaves of them. */

import type { Cut, Groups } from "../hierarchy/groups.ts";
import { whole } from "../ui/format.ts";
import type { Cells, Epoch } from "./cells.ts";

/** Sums of the rows and of the columns. */
export interface RemainderSums {
  rows: Float64Array;
  columns: Float64Array;
  total: number;
}

/** Half-open, in groups of the cut. */
export interface Part {
  rows: readonly [from: number, to: number];
  columns: readonly [from: number, to: number];
}

/** Cells, or what changed in them. */
interface Entries extends Pick<Cells, "size" | "rowStart" | "column"> {
  /** Where it is not as many as there are rows. */
  width?: number;
  count: ArrayLike<number>;
  diagonal: ArrayLike<number>;
}

/** Of all that is counted of an epoch, whatever is shown of it. */
export function totalsOf(
  cut: Cut,
  { sums, errors, total, strangers }: Epoch,
  errorsOnly: boolean,
): RemainderSums {
  const of = (all: Float64Array, { nodes }: Groups): Float64Array =>
    Float64Array.from(
      nodes,
      (node) => all[node]! - (errorsOnly ? sums.correct[node]! : 0),
    );
  const columns = of(sums.predictedCount, cut.columns);
  cut.columns.nodes.forEach((node, at) => {
    columns[at]! += strangers?.[node] ?? 0;
  });
  return {
    rows: of(sums.support, cut),
    columns,
    total: errorsOnly ? errors : total,
  };
}

/** Sums over a part of the matrix; those of other groups are 0. */
export function sumsIn(cells: Entries, part: Part): RemainderSums {
  const rows = new Float64Array(cells.size);
  const columns = new Float64Array(cells.width ?? cells.size);
  const [left, right] = part.columns;
  let total = 0;
  const add = (row: number, column: number, count: number): void => {
    if (column < left || column >= right) return;
    rows[row]! += count;
    columns[column]! += count;
    total += count;
  };
  for (let row = part.rows[0]; row < part.rows[1]; row++) {
    for (let k = cells.rowStart[row]!; k < cells.rowStart[row + 1]!; k++) {
      add(row, cells.column[k]!, cells.count[k]!);
    }
    add(row, row, cells.diagonal[row]!);
  }
  return { rows, columns, total };
}

export function wholeOf(cells: Pick<Entries, "size" | "width">): Part {
  return { rows: [0, cells.size], columns: [0, cells.width ?? cells.size] };
}

/** What is missing in rows and columns of a part to their full sums. */
export function remainderOf(
  all: RemainderSums,
  shown: Entries,
  part: Part,
): RemainderSums {
  const seen = sumsIn(shown, part);
  const rest = (
    sums: Float64Array,
    less: Float64Array,
    [from, to]: readonly [number, number],
  ): Float64Array =>
    sums.map((sum, i) => (i >= from && i < to ? sum - less[i]! : 0));
  return {
    rows: rest(all.rows, seen.rows, part.rows),
    columns: rest(all.columns, seen.columns, part.columns),
    total: all.total - seen.total,
  };
}

/** Sums of what is left out, and how they are drawn. */
export interface DrawnRemainder {
  /** [G] of each row; of a comparison, how many more there are. */
  rows: Float64Array;
  /** Of each column; null where they mean nothing, as of shares of rows. */
  columns: Float64Array | null;
  /** The size that is drawn darkest, and what counts as one. */
  most: number;
  unit: number;
  write: (sum: number) => string;
  /** Those of the matrix beside. */
  sideBySide: DrawnRemainder | null;
}

/** Sums of samples as they are drawn. */
export function drawnCounts(
  { rows, columns }: RemainderSums,
  most = 1,
): DrawnRemainder {
  return {
    rows,
    columns,
    most: Math.max(most, largestSize(rows), largestSize(columns)),
    unit: 1,
    write: whole,
    sideBySide: null,
  };
}

/** The largest size of any sum. */
export function largestSize(sums: Float64Array): number {
  return sums.reduce((most, sum) => Math.max(most, Math.abs(sum)), 0);
}
