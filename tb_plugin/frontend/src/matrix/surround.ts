/** Draws what stands around the matrix: trees, ticks, side bars. */

import { type TreeBox, visible } from "../icicle.ts";
import { type Chosen, chosenOn, isWithin, spanOf } from "../selection.ts";
import type { Tree } from "../tree.ts";
import { drawChangeBars } from "./changebars.ts";
import { columnsOf, type Frame, rowsOf, withAlpha } from "./frame.ts";

export function drawSurround(
  context: CanvasRenderingContext2D,
  frame: Frame,
): void {
  for (const box of frame.boxes) {
    drawLeftBox(context, frame, box);
    drawTopBox(context, frame, box);
  }
  drawTicks(context, frame);
  if (frame.change) drawChangeBars(context, frame);
  else if (frame.data && !frame.layout.twin) {
    drawRightBars(context, frame);
    drawLowerBars(context, frame);
  }
}

function chosenOf(frame: Frame, isRow: boolean): Chosen {
  return chosenOn(isRow ? "rows" : "columns", frame.selection);
}

function fillOf(frame: Frame, box: TreeBox, isRow: boolean): string | null {
  const { palette, tree } = frame;
  if (isWithin(tree, chosenOf(frame, isRow), box.node)) return null;
  return box.from === 0 ? palette.fillFirst : palette.fill;
}

function drawLeftBox(
  context: CanvasRenderingContext2D,
  frame: Frame,
  box: TreeBox,
): void {
  const { layout, palette } = frame;
  const span = visible(rowsOf(frame), box.low, box.high);
  if (!span) return;
  const [top, bottom] = span;
  const left = layout.columns[box.from]!;
  const width = layout.columns[box.to]! - left;
  const fill = fillOf(frame, box, true);
  if (fill === null) {
    context.fillStyle = withAlpha(palette.accent, palette.treeTint);
    context.fillRect(left, top, width, bottom - top);
  } else if (box.from === 0) {
    context.fillStyle = fill;
    context.fillRect(left, top, width, bottom - top);
  }
  context.fillStyle = box.from === 0 ? palette.background : palette.hairline;
  context.fillRect(left, Math.round(top), width, 1);
  if (box.from > 1) context.fillRect(left, top, 1, bottom - top);
  if (box.to === 3 && box.from > 0) {
    context.fillRect(left, Math.round(bottom), width, 1);
  }
}

function drawTopBox(
  context: CanvasRenderingContext2D,
  frame: Frame,
  box: TreeBox,
): void {
  const { layout, palette } = frame;
  const span = visible(columnsOf(frame), box.low, box.high);
  if (!span) return;
  const [left, right] = span;
  const top = layout.rows[box.from]!;
  const height = layout.rows[box.to]! - top - 0.5;
  if (height <= 0) return;
  const fill = fillOf(frame, box, false);
  context.fillStyle = fill ?? withAlpha(palette.accent, palette.treeTint);
  context.fillRect(left, top, right - left, height);
  context.fillStyle = palette.background;
  context.fillRect(left, top, 1, height);
}

function drawTicks(context: CanvasRenderingContext2D, frame: Frame): void {
  const { palette, tree, ticks, layout } = frame;
  const { x, width, y, height } = layout.ticks;
  const paint = (node: number, index: number, chosen: Chosen): void => {
    context.fillStyle = isWithin(tree, chosen, node)
      ? withAlpha(palette.accent, index % 2 ? 0.8 : 1)
      : withAlpha(palette.strong, index % 2 ? 0.65 : 1);
  };
  const length = ([from, to]: [number, number]): number =>
    Math.max(to - from - 0.6, 0.4);
  const rows = rowsOf(frame);
  ticks.rows.forEach((node, index) => {
    const span = visible(rows, ...placesOf(tree, node));
    if (!span) return;
    paint(node, index, chosenOf(frame, true));
    context.fillRect(x, span[0], width, length(span));
  });
  const columns = columnsOf(frame);
  ticks.columns.forEach((node, index) => {
    const span = visible(columns, ...placesOf(tree, node));
    if (!span) return;
    paint(node, index, chosenOf(frame, false));
    context.fillRect(span[0], y, length(span), height);
  });
}

function placesOf(tree: Tree, node: number): [number, number] {
  return [tree.edge[tree.start[node]!]!, tree.edge[tree.stop[node]!]!];
}

/** Share of the samples of a span of places that went wrong. */
type Missing = (from: number, to: number) => number;

/** From sums over the cut's groups, evenly spread over their classes. */
function missingBetween(
  edge: Float64Array,
  samples: Float64Array,
  right: Float64Array,
): Missing {
  const running = (values: Float64Array): Float64Array => {
    const sums = new Float64Array(values.length + 1);
    values.forEach((value, i) => {
      sums[i + 1] = sums[i]! + value;
    });
    return sums;
  };
  const [all, good] = [running(samples), running(right)];
  let at = 0;
  const upTo = (sums: Float64Array, place: number): number => {
    while (at > 0 && edge[at]! > place) at--;
    while (at < samples.length - 1 && edge[at + 1]! <= place) at++;
    const share = (place - edge[at]!) / (edge[at + 1]! - edge[at]!);
    return sums[at]! + share * (sums[at + 1]! - sums[at]!);
  };
  return (from, to) => {
    const total = upTo(all, to) - upTo(all, from);
    if (total <= 0) return 0;
    return 1 - (upTo(good, to) - upTo(good, from)) / total;
  };
}

/** Bars of what is missing to 100 %: recall of the rows at the right. */
function drawRightBars(context: CanvasRenderingContext2D, frame: Frame): void {
  const { layout } = frame;
  const { x, width } = layout.rightBars;
  drawBars(context, frame, true, (from, thick, missing) => {
    context.fillRect(x, from, missing * width, thick);
  });
  drawLines(context, frame, true, (from, length, missing) => {
    context.fillRect(x + missing * width - 0.75, from, 1.5, length);
  });
  context.fillStyle = frame.palette.hairline;
  context.fillRect(x, layout.matrix.y, 1, layout.matrix.size);
  context.fillRect(x + width, layout.matrix.y, 1, layout.matrix.size);
}

/** Precision of the columns below. */
function drawLowerBars(context: CanvasRenderingContext2D, frame: Frame): void {
  const { layout } = frame;
  const { y, height } = layout.lowerBars;
  drawBars(context, frame, false, (from, thick, missing) => {
    context.fillRect(from, y, thick, missing * height);
  });
  drawLines(context, frame, false, (from, length, missing) => {
    context.fillRect(from, y + missing * height - 0.75, length, 1.5);
  });
  context.fillStyle = frame.palette.hairline;
  context.fillRect(layout.matrix.x, y + height, layout.matrix.size, 1);
}

type Bar = (from: number, thick: number, missing: number) => void;

function drawBars(
  context: CanvasRenderingContext2D,
  frame: Frame,
  isRow: boolean,
  bar: Bar,
): void {
  const { window, layout, palette, tree, cut, data } = frame;
  if (!data) return;
  const { sums } = data.epoch;
  const samples = isRow ? sums.actual : sums.predicted;
  const missing = missingBetween(
    cut.edge,
    Float64Array.from(cut.nodes, (node) => samples[node]!),
    Float64Array.from(cut.nodes, (node) => sums.inside[node]!),
  );
  const { size } = layout.matrix;
  const low = isRow ? layout.matrix.y : layout.matrix.x;
  const start = isRow ? window.y : window.x;
  const perPixel = window.span / size;
  const chosen = chosenOf(frame, isRow);
  const [begin, end] = chosen.span ?? spanOf(tree, chosen.node);
  const [first, last] = [tree.edge[begin]!, tree.edge[end]!];
  const isAny = chosen.node !== 0 || chosen.span !== null;
  const wide = 1 / perPixel > 4;
  for (let pixel = 0; pixel < size; pixel++) {
    const from = start + pixel * perPixel;
    const to = from + perPixel;
    const isChosen = isAny && from < last && to > first;
    context.fillStyle = isChosen
      ? withAlpha(palette.accent, 0.45)
      : withAlpha(palette.counts[0]!, 0.6);
    // A gap between rows that are wide enough for one.
    if (wide && Math.floor(from) !== Math.floor(to)) continue;
    bar(low + pixel, 1, missing(from, Math.min(to, start + window.span)));
  }
}

function drawLines(
  context: CanvasRenderingContext2D,
  frame: Frame,
  isRow: boolean,
  line: Bar,
): void {
  const { palette, tree, ticks, data } = frame;
  if (!data) return;
  const { sums } = data.epoch;
  const axis = isRow ? rowsOf(frame) : columnsOf(frame);
  const samples = isRow ? sums.actual : sums.predicted;
  const chosen = chosenOf(frame, isRow);
  for (const node of isRow ? ticks.rows : ticks.columns) {
    const span = visible(axis, ...placesOf(tree, node));
    if (!span || !samples[node]) continue;
    const isChosen = isWithin(tree, chosen, node);
    context.fillStyle = isChosen ? palette.accent : palette.counts[3]!;
    const missing = 1 - sums.inside[node]! / samples[node]!;
    line(span[0], span[1] - span[0], missing);
  }
}
