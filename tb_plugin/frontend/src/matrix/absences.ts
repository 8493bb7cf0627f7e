/** Marks rows without samples, and columns that nobody predicts. */

import type { Groups } from "../counts.ts";
import { type Projection, visible } from "../icicle.ts";
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
  for (const span of empty(cut, actual, rows)) {
    band(context, [x, span[0], size, span[1] - span[0]], false);
  }
  for (const span of empty(cut.columns, predicted, columns)) {
    band(context, [span[0], y, span[1] - span[0], size], true);
  }
}

/** Visible pixels of the groups without any samples. */
function* empty(
  { nodes, edge }: Groups,
  samples: Float64Array,
  axis: Projection,
): Generator<[number, number]> {
  for (let group = 0; group < nodes.length; group++) {
    if (samples[nodes[group]!] !== 0) continue;
    const span = visible(axis, edge[group]!, edge[group + 1]!);
    if (span) yield span;
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
  for (const [top, bottom] of empty(cut, actual, rows)) {
    const middle = (top + bottom) / 2;
    context.fillRect(matrix.x - NOTCH - 2, middle - 0.75, NOTCH, 1.5);
  }
  for (const [left, right] of empty(cut.columns, predicted, columns)) {
    const middle = (left + right) / 2;
    context.fillRect(middle - 0.75, matrix.y - NOTCH - 2, 1.5, NOTCH);
  }
}
