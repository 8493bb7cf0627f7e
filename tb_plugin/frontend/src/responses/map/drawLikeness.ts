/** Draws correlations into the cells of the matrix: the greyer, the more alike. */

import { densityOf, packedRamp } from "../../layers/data/greys.ts";
import type { CellPainter, Frame } from "../../matrix/canvas/frame.ts";
import type { Axis } from "../../matrix/canvas/rasterise.ts";
import { inkOn, type Palette, rampAt } from "../../ui/colours.ts";
import { FONT } from "../../ui/theme.ts";
import { inWords } from "../data/likeness.ts";

/** Where the ramp ends: one for all layers. Below 0 it has not begun. */
export const MOST = 0.8;
/** Width of a cell from which on it has room for "−0.12", and some beside it. */
const NUMBERED = 34;

/** Of every pixel the first group that it shows and the last; -1 for none. */
export interface Pixels {
  first: Int32Array;
  last: Int32Array;
}

export function pixelsOf(
  { low, high, markHigh }: Pick<Axis, "low" | "high" | "markHigh">,
  side: number,
): Pixels {
  const first = new Int32Array(side).fill(-1);
  const last = new Int32Array(side).fill(-1);
  for (let group = 0; group < low.length; group++) {
    // What is narrower than a pixel shares the one that it lies in.
    const from = Math.min(low[group]!, high[group]! - 1);
    const hasGap = high[group]! - from > 3;
    const to = hasGap ? markHigh[group]! : high[group]!;
    for (let at = Math.max(from, 0); at < Math.min(to, side); at++) {
      if (first[at]! < 0) first[at] = group;
      last[at] = group;
    }
  }
  return { first, last };
}

/** @param values [G x width] of the groups; NaN is not drawn */
export function rasteriseLikeness(
  pixels: Uint32Array,
  side: number,
  values: Float32Array,
  width: number,
  rows: Axis,
  columns: Axis,
  colours: Uint32Array,
): void {
  pixels.fill(0);
  const [down, across] = [pixelsOf(rows, side), pixelsOf(columns, side)];
  const top = (colours.length - 1) / MOST;
  for (let y = 0; y < side; y++) {
    const from = down.first[y]!;
    if (from < 0) continue;
    const to = down.last[y]!;
    for (let x = 0; x < side; x++) {
      const left = across.first[x]!;
      if (left < 0) continue;
      const right = across.last[x]!;
      let sum = 0;
      let known = 0;
      for (let row = from; row <= to; row++) {
        for (let at = row * width + left; at <= row * width + right; at++) {
          const value = values[at]!;
          if (Number.isNaN(value)) continue;
          sum += value;
          known++;
        }
      }
      if (!known) continue;
      const shade = Math.round((sum / known) * top);
      pixels[y * side + x] =
        colours[Math.min(Math.max(shade, 0), colours.length - 1)]!;
    }
  }
}

/** @param values [G x G'] of the groups of the rows and of the columns */
export function likenessPainter(
  values: Float32Array,
  width: number,
  palette: Palette,
): CellPainter {
  return {
    about: [values, palette],
    rasterise: (pixels, side, rows, columns) =>
      rasteriseLikeness(
        pixels,
        side,
        values,
        width,
        rows,
        columns,
        packedRamp(densityOf(palette)),
      ),
    drawNumbers: (context, frame, rows, columns, ratio) =>
      drawNumbers(context, frame, values, width, rows, columns, ratio),
    drawBars: () => {},
  };
}

function drawNumbers(
  context: CanvasRenderingContext2D,
  { layout, palette, placed, window }: Frame,
  values: Float32Array,
  width: number,
  rows: Axis,
  columns: Axis,
  ratio: number,
): void {
  const { x, y, size: side } = layout.matrix;
  const { edge } = placed.columns;
  context.font = `11px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const middle = ({ low, high }: Axis, at: number): number =>
    (low[at]! + high[at]!) / 2 / ratio;
  const size = ({ low, high }: Axis, at: number): number =>
    (high[at]! - low[at]!) / ratio;
  // Of columns that are equally wide some have a pixel more than others.
  const isNumbered = Array.from(
    { length: width },
    (_, at) =>
      ((edge[at + 1]! - edge[at]!) * side) / window.span >= NUMBERED &&
      size(columns, at) > NUMBERED - 1,
  );
  const ramp = densityOf(palette);
  for (let row = 0; row < rows.low.length; row++) {
    if (size(rows, row) < 14) continue;
    for (let column = 0; column < width; column++) {
      const value = values[row * width + column]!;
      if (Number.isNaN(value) || !isNumbered[column]) continue;
      context.fillStyle = inkOn(rampAt(ramp, value / MOST));
      context.fillText(
        inWords(value),
        x + middle(columns, column),
        y + middle(rows, row) + 0.5,
      );
    }
  }
}
