/** Moves a cursor over the cells of the matrix, from one to the next. */

import type { Cells } from "../../confusion/cells.ts";

export interface Spot {
  row: number;
  column: number;
}

/** Rows and columns that are in sight: first, and one past the last. */
export interface Bounds {
  rows: readonly [number, number];
  columns: readonly [number, number];
}

export type Move = "left" | "right" | "up" | "down" | "first" | "last";

/** The columns in sight where a row holds something, ascending. */
function stops(cells: Cells, row: number, { columns }: Bounds): number[] {
  const found: number[] = [];
  const add = (column: number): void => {
    if (column >= columns[0] && column < columns[1]) found.push(column);
  };
  // Where right answers are hidden, their cell is still the row's own place.
  if (!cells.width) add(row);
  for (let k = cells.rowStart[row]!; k < cells.rowStart[row + 1]!; k++) {
    if (cells.width || cells.column[k] !== row) add(cells.column[k]!);
  }
  return found.sort((a, b) => a - b);
}

/** Where a key leads; the same spot at the end of the way. */
export function moved(
  cells: Cells,
  from: Spot,
  move: Move,
  bounds: Bounds,
): Spot {
  const { row, column } = from;
  if (move === "up" || move === "down") {
    const by = move === "up" ? -1 : 1;
    const [low, high] = bounds.rows;
    for (let at = row + by; at >= low && at < high; at += by) {
      const all = stops(cells, at, bounds);
      if (all.length) return { row: at, column: nearest(all, column) };
    }
    return from;
  }
  const all = stops(cells, row, bounds);
  const found = {
    left: all.findLast((each) => each < column),
    right: all.find((each) => each > column),
    first: all[0],
    last: all.at(-1),
  }[move];
  return found === undefined ? from : { row, column: found };
}

/** The next row or column, filled or not; with first and last, the end. */
export function beyond(
  { row, column }: Spot,
  move: Move,
  { rows, columns }: Bounds,
): Spot {
  const within = (at: number, [low, high]: readonly [number, number]): number =>
    Math.min(Math.max(at, low), high - 1);
  const by = {
    left: [0, -1],
    right: [0, 1],
    up: [-1, 0],
    down: [1, 0],
    first: [0, columns[0] - column],
    last: [0, columns[1] - column],
  }[move] as [number, number];
  return {
    row: within(row + by[0], rows),
    column: within(column + by[1], columns),
  };
}

function nearest(ascending: readonly number[], wanted: number): number {
  return ascending.reduce((best, each) =>
    Math.abs(each - wanted) < Math.abs(best - wanted) ? each : best,
  );
}

/** Where a cursor begins: the strongest cell in sight. */
export function strongest(cells: Cells, bounds: Bounds): Spot | null {
  const { rows, columns } = bounds;
  for (let i = cells.weakestFirst.length - 1; i >= 0; i--) {
    const k = cells.weakestFirst[i]!;
    const [row, column] = [cells.row[k]!, cells.column[k]!];
    const isIn =
      row >= rows[0] &&
      row < rows[1] &&
      column >= columns[0] &&
      column < columns[1];
    if (isIn) return { row, column };
  }
  if (rows[1] <= rows[0]) return null;
  return { row: rows[0], column: cells.width ? columns[0] : rows[0] };
}
