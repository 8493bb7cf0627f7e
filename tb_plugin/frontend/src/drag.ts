/** The rectangle that is being dragged over the matrix. */

import { signal } from "@preact/signals";
import type { Cells, Cut } from "./counts.ts";
import { groupAt } from "./matrix/pick.ts";
import type { Box, Span } from "./selection.ts";
import type { Tree } from "./tree.ts";

export const dragged = signal<Box | null>(null);

/** Whether there was something to cancel. */
export function cancelDrag(): boolean {
  const wasDragging = dragged.value !== null;
  dragged.value = null;
  return wasDragging;
}

/** A place: across, then down. */
export type Point = readonly [x: number, y: number];

/** The rectangle between two places, grown to whole groups of the cut. */
export function rectangle(tree: Tree, cut: Cut, from: Point, to: Point): Box {
  const span = (axis: 0 | 1): Span => {
    const groups = axis === 1 ? cut : cut.columns;
    const low = groups.nodes[groupAt(groups, Math.min(from[axis], to[axis]))]!;
    const high = groups.nodes[groupAt(groups, Math.max(from[axis], to[axis]))]!;
    return [tree.start[low]!, tree.stop[high]!];
  };
  return { rows: span(1), columns: span(0) };
}

/** Wrong answers in a rectangle, and the cells that hold them. */
export function errorsIn(
  cells: Cells,
  { rows, columns }: Box,
): { count: number; cells: number } {
  const found = { count: 0, cells: 0 };
  for (let k = cells.rowStart[rows[0]]!; k < cells.rowStart[rows[1]]!; k++) {
    const column = cells.column[k]!;
    if (column < columns[0] || column >= columns[1]) continue;
    found.count += cells.count[k]!;
    found.cells++;
  }
  return found;
}

/**
 * The smallest block of outlined groups about two positions with errors in it.
 *
 * @param outlines rows of groups, coarse to fine
 */
export function blockAround(
  tree: Tree,
  cells: Cells,
  outlines: readonly Int32Array[],
  row: number,
  column: number,
): { rows: number; columns: number } | null {
  let block = null;
  for (let level = outlines.length - 1; level >= 0; level--) {
    const holder = (position: number): number | undefined =>
      outlines[level]!.find(
        (node) => tree.start[node]! <= position && position < tree.stop[node]!,
      );
    const [rows, columns] = [holder(row), holder(column)];
    if (rows === undefined || columns === undefined) continue;
    block = { rows, columns };
    const box = {
      rows: [tree.start[rows]!, tree.stop[rows]!],
      columns: [tree.start[columns]!, tree.stop[columns]!],
    } as const;
    if (errorsIn(cells, box).count > 0) return block;
  }
  return block;
}
