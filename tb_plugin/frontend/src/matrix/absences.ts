/** Marks rows without samples, and columns that nobody predicts. */

import { visible } from "../icicle.ts";
import { columnsOf, type Frame, rowsOf, withAlpha } from "./frame.ts";

/** Rows and columns from this size on are hatched, finer ones dotted. */
const HATCHED_FROM = 4;
const PITCH = 5;
/** Length of the mark in the ticks. */
const NOTCH = 7;

type Box = [x: number, y: number, width: number, height: number];

/**
 * Nothing is there to be counted: not the same as no errors.
 *
 * Drawn under the cells, through the matrix and as far as the trees.
 */
export function drawAbsences(
  context: CanvasRenderingContext2D,
  frame: Frame,
): void {
  const { data, cut, layout, palette } = frame;
  if (!data) return;
  const { actual, predicted } = data.epoch.sums;
  const { x, y, size } = layout.matrix;
  const [rows, columns] = [rowsOf(frame), columnsOf(frame)];
  context.strokeStyle = withAlpha(palette.muted, 0.45);
  context.lineWidth = 0.75;
  for (let group = 0; group < cut.nodes.length; group++) {
    const node = cut.nodes[group]!;
    const [low, high] = [cut.edge[group]!, cut.edge[group + 1]!];
    if (actual[node] === 0) {
      const span = visible(rows, low, high);
      if (span) band(context, [x, span[0], size, span[1] - span[0]], false);
    }
    if (predicted[node] === 0) {
      const span = visible(columns, low, high);
      if (span) band(context, [span[0], y, span[1] - span[0], size], true);
    }
  }
}

function band(
  context: CanvasRenderingContext2D,
  box: Box,
  isUpright: boolean,
): void {
  const [x, y, width, height] = box;
  const thick = isUpright ? width : height;
  context.beginPath();
  if (thick < HATCHED_FROM) {
    context.setLineDash([1, 3]);
    if (isUpright) {
      context.moveTo(x + width / 2, y);
      context.lineTo(x + width / 2, y + height);
    } else {
      context.moveTo(x, y + height / 2);
      context.lineTo(x + width, y + height / 2);
    }
    context.stroke();
    context.setLineDash([]);
    return;
  }
  context.save();
  context.rect(...box);
  context.clip();
  context.beginPath();
  for (let at = -height; at < width; at += PITCH) {
    context.moveTo(x + at, y + height);
    context.lineTo(x + at + height, y);
  }
  context.stroke();
  context.restore();
}

/** Where the bands begin: a notch in the ticks, so that they are found. */
export function drawNotches(
  context: CanvasRenderingContext2D,
  frame: Frame,
): void {
  const { data, cut, layout, palette } = frame;
  if (!data) return;
  const { actual, predicted } = data.epoch.sums;
  const { matrix } = layout;
  const [rows, columns] = [rowsOf(frame), columnsOf(frame)];
  context.fillStyle = palette.ink;
  for (let group = 0; group < cut.nodes.length; group++) {
    const node = cut.nodes[group]!;
    const [low, high] = [cut.edge[group]!, cut.edge[group + 1]!];
    const down = actual[node] === 0 && visible(rows, low, high);
    if (down) {
      const middle = (down[0] + down[1]) / 2;
      context.fillRect(matrix.x - NOTCH - 2, middle - 0.75, NOTCH, 1.5);
    }
    const across = predicted[node] === 0 && visible(columns, low, high);
    if (across) {
      const middle = (across[0] + across[1]) / 2;
      context.fillRect(middle - 0.75, matrix.y - NOTCH - 2, 1.5, NOTCH);
    }
  }
}
