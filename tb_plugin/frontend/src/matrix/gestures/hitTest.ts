/** What lies under a point of the map: a cell, a block, a node of a tree. */

import type { Cells } from "../../confusion/cells.ts";
import type { Axis } from "../../hierarchy/cuts.ts";
import { type Cut, type Groups, groupAt } from "../../hierarchy/groups.ts";
import { placesOf, type Tree } from "../../hierarchy/tree.ts";
import type { Axes, Window } from "../../state/all.ts";
import type { Layout } from "../../state/pageLayout.ts";
import { boxesOf } from "../canvas/icicle.ts";

/** A cell or block, or a node of one of the trees. */
export interface Hit {
  rows: number;
  /** Null on the trees, where rows is the node. */
  columns: number | null;
  /** The side bars stand for a band alone. */
  band?: Axis;
}

/** All that is drawn where the pointer may be. */
export interface Scene {
  tree: Tree;
  /** With edges in places of the axes. */
  cut: Cut;
  axes: Axes;
  layout: Layout;
  window: Window;
  /** The cells that can be caught from near by. */
  cells: CaughtCells | null;
  /** The nodes of the ticks beside the matrix. */
  ticks: Readonly<Record<Axis, Int32Array>>;
  /** The columns of the left tree, the rows of the upper. */
  trees: Readonly<Record<Axis, readonly Int32Array[]>>;
}

export function hitTest(scene: Scene, x: number, y: number): Hit | null {
  const { cut, layout, window } = scene;
  const { matrix } = layout;
  const cell = cellAt(layout, window, cut, scene.cells, x, y);
  if (cell) {
    return {
      rows: cut.nodes[cell.row]!,
      columns: cut.columns.nodes[cell.column]!,
    };
  }
  const isBeside = y >= matrix.y && y < matrix.y + matrix.size;
  const isAbove = x >= matrix.x && x < matrix.x + matrix.size;
  const perPixel = window.span / matrix.size;
  const remainder = layout.remainder.size > 0 ? layout.remainder : null;
  if (isBeside && (x < matrix.x || x >= (remainder ?? layout.rightBars).x)) {
    const place = window.y + (y - matrix.y) * perPixel;
    const isTick = x >= layout.ticks.x;
    const node = nodeAt(scene, "rows", place, x, isTick);
    return asHit(node, x > matrix.x ? "rows" : undefined);
  }
  if (isAbove && (y < matrix.y || y >= (remainder ?? layout.lowerBars).y)) {
    if (y > layout.lowerBars.y + layout.lowerBars.height) return null;
    const place = window.x + (x - matrix.x) * perPixel;
    const isTick = y >= layout.ticks.y;
    const node = nodeAt(scene, "columns", place, y, isTick);
    return asHit(node, y > matrix.y ? "columns" : undefined);
  }
  return null;
}

function asHit(node: number | null, band: Axis | undefined): Hit | null {
  if (node === null) return null;
  return { rows: node, columns: null, ...(band ? { band } : {}) };
}

/**
 * @param place along the axis
 * @param across pixels from the edge of the page to the matrix
 * @param isTick whether that is among the ticks, or beyond the matrix
 */
function nodeAt(
  { tree, axes, layout, ticks, trees }: Scene,
  axis: Axis,
  place: number,
  across: number,
  isTick: boolean,
): number | null {
  const holds = (node: number): boolean => {
    const [low, high] = placesOf(tree, node).map(axes[axis]);
    return low! <= place && place < high!;
  };
  if (isTick) return ticks[axis].find(holds) ?? null;
  const bounds = axis === "rows" ? layout.columns : layout.rows;
  const box = boxesOf(tree, trees[axis]).find(
    ({ node, from, to }) =>
      holds(node) && across >= bounds[from]! && across < bounds[to]!,
  );
  return box?.node ?? null;
}

interface Cell {
  row: number;
  column: number;
}

/** What cells can be caught: those that hold something. */
type CaughtCells = Pick<Cells, "rowStart" | "column" | "diagonal">;

/** Small cells are caught from this many pixels away. */
const REACH = 3;
const SMALL = 4;

/** The cell under a point: the nearest that holds something, if small. */
export function cellAt(
  { matrix }: Layout,
  window: Window,
  cut: Cut,
  cells: CaughtCells | null,
  x: number,
  y: number,
): Cell | null {
  const { size } = matrix;
  const [dx, dy] = [x - matrix.x, y - matrix.y];
  if (dx < 0 || dy < 0 || dx >= size || dy >= size) return null;
  const perPixel = window.span / size;
  const across = window.x + dx * perPixel;
  const down = window.y + dy * perPixel;
  const exact = {
    row: groupAt(cut, down),
    column: groupAt(cut.columns, across),
  };
  const small = SMALL * perPixel;
  const isSmall =
    sizeOf(cut, exact.row) < small || sizeOf(cut.columns, exact.column) < small;
  if (!cells || !isSmall) return exact;

  const reach = REACH * perPixel;
  const last = groupAt(cut, down + reach);
  let nearest = exact;
  let least = reach * reach;
  for (let row = groupAt(cut, down - reach); row <= last; row++) {
    const offY = off(cut, row, down, small);
    const consider = (column: number): void => {
      const offX = off(cut.columns, column, across, small);
      const distance = offX * offX + offY * offY;
      if (distance <= least) {
        least = distance;
        nearest = { row, column };
      }
    };
    for (let k = cells.rowStart[row]!; k < cells.rowStart[row + 1]!; k++) {
      consider(cells.column[k]!);
    }
    if (cells.diagonal[row] !== 0) consider(row);
  }
  return nearest;
}

function sizeOf({ edge }: Groups, group: number): number {
  return edge[group + 1]! - edge[group]!;
}

/** How far a place is from the middle of a small group, or from a large one. */
function off(
  groups: Groups,
  group: number,
  place: number,
  small: number,
): number {
  const middle = groups.edge[group]! + sizeOf(groups, group) / 2;
  const inside = Math.max((sizeOf(groups, group) - small) / 2, 0);
  return Math.max(Math.abs(middle - place) - inside, 0);
}
