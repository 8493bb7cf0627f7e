/** What lies under a point of the map: a cell, a block, a node of a tree. */

import type { Axis } from "../../hierarchy/cuts.ts";
import type { Cut } from "../../hierarchy/groups.ts";
import { placesOf, type Tree } from "../../hierarchy/tree.ts";
import type { Axes, Window } from "../../state/all.ts";
import type { Layout } from "../../state/pageLayout.ts";
import { type CaughtCells, cellAt } from "../canvas/cellAt.ts";
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
