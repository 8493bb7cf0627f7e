/** The rectangle that is being dragged over the matrix. */

import { signal } from "@preact/signals";
import type { Cells } from "../../confusion/cells.ts";
import type { Cut, Groups } from "../../hierarchy/groups.ts";
import { groupAt } from "../../hierarchy/groups.ts";
import type { Box, Span } from "../../hierarchy/selection.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import type { Spot } from "./cursorPosition.ts";

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
  const spot = ([x, y]: Point): Spot => ({
    row: groupAt(cut, y),
    column: groupAt(cut.columns, x),
  });
  return boxBetween(tree, cut, spot(from), spot(to));
}

/** The rectangle of two cells of the cut and all between. */
export function boxBetween(tree: Tree, cut: Cut, from: Spot, to: Spot): Box {
  const span = ({ nodes }: Groups, one: number, other: number): Span => [
    tree.start[nodes[Math.min(one, other)]!]!,
    tree.stop[nodes[Math.max(one, other)]!]!,
  ];
  return {
    rows: span(cut, from.row, to.row),
    columns: span(cut.columns, from.column, to.column),
  };
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

/** A hand hits what is this tall and wide; a long cell may be thinner. */
const HIT = 8;
const THINNEST = 4;
/** From this size on cells have numbers: then white is a cell, too. */
const NUMBERED = 14;

/** Whether a hand, good to some 4 pixels, can mean this cell. */
export function isMeant(tall: number, wide: number, isWhite: boolean): boolean {
  const thin = Math.min(tall, wide);
  if (isWhite) return thin >= NUMBERED;
  return thin >= THINNEST && tall * wide >= HIT * HIT;
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
