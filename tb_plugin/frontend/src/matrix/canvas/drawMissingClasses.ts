/** Marks rows without samples, and columns that nobody predicts. */

import type { Groups } from "../../hierarchy/groups.ts";
import { absences } from "../../ui/drawing.ts";
import { columnsOf, type Frame, rowsOf, withAlpha } from "./frame.ts";
import { type Projection, visible } from "./icicle.ts";

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
  const { layout, palette } = frame;
  const { x, y, size } = layout.matrix;
  context.strokeStyle = withAlpha(palette.muted, absences.opacity);
  context.lineWidth = absences.width;
  const { rows, columns } = emptySpans(frame);
  for (const [top, bottom] of rows) {
    band(context, [x, top, size, bottom - top], false);
  }
  for (const [left, right] of columns) {
    band(context, [left, y, right - left, size], true);
  }
}

type Spans = Iterable<[number, number]>;

function emptySpans(frame: Frame): { rows: Spans; columns: Spans } {
  const { data, cut, painter } = frame;
  if (!data) return { rows: [], columns: [] };
  const { support: actual, predictedCount: predicted } = data.epoch.sums;
  return {
    rows: empty(cut, painter?.samples ?? [actual], rowsOf(frame)),
    columns: empty(cut.columns, [predicted], columnsOf(frame)),
  };
}

/** Visible pixels of the groups without any samples, in one of several. */
function* empty(
  { nodes, edge }: Groups,
  samples: readonly Float64Array[],
  axis: Projection,
): Generator<[number, number]> {
  for (let group = 0; group < nodes.length; group++) {
    if (samples.every((of) => of[nodes[group]!] !== 0)) continue;
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
    const [left, top] = isUpright ? [x + width / 2, y] : [x, y + height / 2];
    context.setLineDash([absences.dash, absences.gap]);
    context.moveTo(left, top);
    context.lineTo(
      left + (isUpright ? 0 : width),
      top + (isUpright ? height : 0),
    );
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
  const { matrix } = frame.layout;
  context.fillStyle = frame.palette.ink;
  const thick = absences.notch;
  const { rows, columns } = emptySpans(frame);
  for (const [top, bottom] of rows) {
    const middle = (top + bottom) / 2;
    context.fillRect(matrix.x - NOTCH - 2, middle - thick / 2, NOTCH, thick);
  }
  for (const [left, right] of columns) {
    const middle = (left + right) / 2;
    context.fillRect(middle - thick / 2, matrix.y - NOTCH - 2, thick, NOTCH);
  }
}
