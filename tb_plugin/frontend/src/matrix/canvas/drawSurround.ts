/** Draws what stands around the matrix: trees, ticks, side bars. */

import { type Chosen, chosenOn, isWithin } from "../../hierarchy/selection.ts";
import { placesOf } from "../../hierarchy/tree.ts";
import { ticks as drawn } from "../../ui/drawing.ts";
import { drawNotches } from "./drawMissingClasses.ts";
import { drawSideBars } from "./drawSideBars.ts";
import { columnsOf, type Frame, rowsOf, withAlpha } from "./frame.ts";
import { type TreeBox, visible } from "./icicle.ts";

export function drawSurround(
  context: CanvasRenderingContext2D,
  frame: Frame,
): void {
  const { left, top } = frame.boxes;
  if (!frame.isSecond) for (const box of left) drawLeftBox(context, frame, box);
  for (const box of top) drawTopBox(context, frame, box);
  drawTicks(context, frame);
  drawNotches(context, frame);
  frame.zoomedPainter?.drawRemainder(context, frame);
  if (frame.painter) frame.painter.drawBars(context, frame);
  else if (frame.data && !frame.layout.sideBySide) {
    drawSideBars(context, frame);
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
      : withAlpha(palette.strong, index % 2 ? drawn.everySecondOpacity : 1);
  };
  const length = ([from, to]: [number, number]): number =>
    Math.max(to - from - drawn.gap, drawn.least);
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
