/** What one drawing of the map needs, and pixels for places. */

import type { ChangeScale } from "../../colour/changeScale.ts";
import type { Cells, Epoch, Sums } from "../../confusion/cells.ts";
import type { Scale } from "../../confusion/cellValues.ts";
import type { Chance } from "../../confusion/chance/chance.ts";
import type { Changes } from "../../confusion/difference.ts";
import type { DrawnRemainder } from "../../confusion/remainder.ts";
import type { Cut } from "../../hierarchy/groups.ts";
import type { Selection } from "../../hierarchy/selection.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import type { Axes, Window } from "../../state/all.ts";
import type { Bars } from "../../state/filters.ts";
import type { Layout } from "../../state/pageLayout.ts";
import type { Palette } from "../../ui/colours.ts";
import type { Projection, TreeBox } from "./icicle.ts";
import type { Axis } from "./rasterise.ts";

/** Sums of the sub-blocks of the group that is zoomed to. */
export interface Blocks {
  nodes: readonly number[];
  /** Row by row. */
  totals: Float64Array;
}

/** Draws a whole frame, or a layer of it. */
type Draw = (context: CanvasRenderingContext2D, frame: Frame) => void;

/** Draws what is only there while a part of the matrix is shown. */
export interface ZoomedPainter {
  drawGrid: Draw;
  drawRemainder: Draw;
  drawTotals: Draw;
}

/** Draws something else than counts into the cells: changes, correlations. */
export interface CellPainter {
  /** What it draws: the cells are drawn anew when any of it is another. */
  about: readonly unknown[];
  /** Samples of nodes in all that a row needs some of; else of the epoch. */
  samples?: readonly Float64Array[];
  /** CSS pixels of the smallest cell that `drawNumbers` draws in, if fewer. */
  numbersFrom?: number;
  rasterise: (
    pixels: Uint32Array,
    side: number,
    rows: Axis,
    columns: Axis,
  ) => void;
  drawNumbers: (
    context: CanvasRenderingContext2D,
    frame: Frame,
    rows: Axis,
    columns: Axis,
    ratio: number,
  ) => void;
  drawBars: Draw;
}

export interface DrawnChange {
  changes: Changes;
  /** Which of them are beyond chance, and whether the others are drawn. */
  chance: Chance;
  hidesChance: boolean;
  /** Groups whose recall differs no more than by chance. */
  withinChance: ReadonlySet<number>;
  /** The same of precision. */
  precisionWithinChance: ReadonlySet<number>;
  /** Change that fills half of a bar's room. */
  barsEnd: number;
  scale: ChangeScale;
  /** What it changes from, and what to. */
  from: Sums;
  to: Sums;
}

export interface Frame {
  layout: Layout;
  palette: Palette;
  tree: Tree;
  cut: Cut;
  /** The same with edges in places of the axes. */
  placed: Cut;
  window: Window;
  /** Where places of the tree are on the axes. */
  axes: Axes;
  selection: Selection;
  boxes: { left: TreeBox[]; top: TreeBox[] };
  ticks: { rows: Int32Array; columns: Int32Array };
  /** Rows of groups to outline, coarse to fine. */
  outlines: Int32Array[];
  isCollapsed: boolean;
  /** Null while the epoch cannot be shown. */
  data: { epoch: Epoch; cells: Cells; scale: Scale } | null;
  showsDiagonal: boolean;
  /** What is left out of each row and column, null where nothing is. */
  remainder: DrawnRemainder | null;
  /** Sums of sub-blocks, once zoomed to a group. */
  blocks: Blocks | null;
  /** How both are drawn, once that has come. */
  zoomedPainter: ZoomedPainter | null;
  bars: Bars;
  /** Whether it stands right of another: the trees at the left are there. */
  isSecond: boolean;
  /** Draws the cells, where they are no counts. */
  painter: CellPainter | null;
}

/** What pixels for places depend on. */
type Place = Pick<Frame, "layout" | "window" | "axes">;

export function rowsOf({ layout, window, axes }: Place): Projection {
  const { y, size } = layout.matrix;
  return projection(y, size, window.y, window, axes.rows);
}

export function columnsOf({ layout, window, axes }: Place): Projection {
  const { x, size } = layout.matrix;
  return projection(x, size, window.x, window, axes.columns);
}

function projection(
  low: number,
  size: number,
  from: number,
  { span }: Window,
  placed: (place: number) => number,
): Projection {
  const perPlace = size / span;
  return {
    at: (place) => low + (placed(place) - from) * perPlace,
    low,
    high: low + size,
  };
}

export function withAlpha(hex: string, alpha: number): string {
  const byte = Math.round(alpha * 255);
  return hex + byte.toString(16).padStart(2, "0");
}
