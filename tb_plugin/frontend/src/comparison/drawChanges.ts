/** Draws what changed: cells in colours from fewer to more, and numbers. */

import { packed, shadeOfChange } from "../colour/changeScale.ts";
import { UNTESTED } from "../confusion/pairs.ts";
import type {
  CellPainter,
  DrawnChange,
  Frame,
} from "../matrix/canvas/frame.ts";
import type { Axis } from "../matrix/canvas/rasterise.ts";
import { inkOn } from "../ui/colours.ts";
import { points, signed } from "../ui/format.ts";
import { FONT } from "../ui/theme.ts";
import { drawChangeBars } from "./drawChangeBars.ts";

/** Smaller changes have no number: they are everywhere, and mean little. */
const LEAST_COUNT = 3;
const LEAST_SHARE = 0.005;
/** Pixels between the stripes of what was not tested. */
const PITCH = 5;

export function changePainter(change: DrawnChange): CellPainter {
  const { changes, chance, scale, hidesChance, from, to } = change;
  return {
    about: [changes, chance, scale, hidesChance],
    // A row without samples, here or there, has no shares to change.
    ...(changes.isShare ? { samples: [from.support, to.support] } : {}),
    rasterise: (pixels, side, rows, columns) =>
      rasteriseChanges(pixels, side, change, rows, columns),
    drawNumbers: (context, frame, ...axes) =>
      drawChangeNumbers(context, frame, change, ...axes),
    drawBars: (context, frame) => drawChangeBars(context, frame, change),
  };
}

/**
 * Draws changes within chance in grey, others over them, untested ones striped.
 */
export function rasteriseChanges(
  pixels: Uint32Array,
  side: number,
  { changes, chance, hidesChance, scale }: DrawnChange,
  rows: Axis,
  columns: Axis,
): void {
  pixels.fill(0);
  const mark = (
    row: number,
    column: number,
    colour: number,
    isStriped: boolean,
  ): void => {
    const x0 = Math.max(columns.markLow[column]!, 0);
    const x1 = Math.min(columns.markHigh[column]!, side);
    const y0 = Math.max(rows.markLow[row]!, 0);
    const y1 = Math.min(rows.markHigh[row]!, side);
    for (let y = y0; y < y1; y++) {
      if (isStriped) {
        // Against the direction of those where samples are missing.
        const from = x0 + ((((y - x0) % PITCH) + PITCH) % PITCH);
        for (let x = from; x < x1; x += PITCH) pixels[y * side + x] = colour;
      } else if (x0 < x1) pixels.fill(colour, y * side + x0, y * side + x1);
    }
  };
  const { row, column, change, weakestFirst, diagonal } = changes;
  const grey = packed(scale.chance);
  const striped = packed(scale.untested);
  for (const flag of hidesChance ? [UNTESTED, 1] : [0, UNTESTED, 1]) {
    const isStriped = flag === UNTESTED;
    const colourOf = (by: number): number =>
      isStriped
        ? striped
        : flag
          ? scale.packed[shadeOfChange(scale, by)]!
          : grey;
    for (let i = 0; i < weakestFirst.length; i++) {
      const k = weakestFirst[i]!;
      if (chance.isBeyond[k] === flag) {
        mark(row[k]!, column[k]!, colourOf(change[k]!), isStriped);
      }
    }
    for (let i = 0; i < diagonal.length; i++) {
      if (diagonal[i] !== 0 && chance.isDiagonalBeyond[i] === flag) {
        mark(i, i, colourOf(diagonal[i]!), isStriped);
      }
    }
  }
}

export function drawChangeNumbers(
  context: CanvasRenderingContext2D,
  { layout, palette }: Frame,
  change: DrawnChange,
  rows: Axis,
  columns: Axis,
  ratio: number,
): void {
  const { changes, chance, hidesChance, scale } = change;
  const { x, y, size } = layout.matrix;
  const tall = (row: number): boolean =>
    rows.high[row]! - rows.low[row]! >= 13 * ratio &&
    rows.high[row]! > 0 &&
    rows.low[row]! < size * ratio;
  context.font = `11px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const least = scale.isShare ? LEAST_SHARE : LEAST_COUNT;
  const number = (
    row: number,
    column: number,
    value: number,
    flag: number,
  ): void => {
    if (hidesChance && flag === 0) return;
    const width = (columns.high[column]! - columns.low[column]!) / ratio;
    // Where every cell has room, every change is said.
    if (Math.abs(value) < least && width < 40) return;
    const text = scale.isShare ? points(value) : signed(value);
    if (width < text.length * 6.2 + 3 || !/[1-9]/.test(text)) return;
    context.fillStyle =
      flag === UNTESTED
        ? palette.ink
        : inkOn(
            flag ? scale.shades[shadeOfChange(scale, value)]! : scale.chance,
          );
    context.fillText(
      text,
      x + (columns.low[column]! + columns.high[column]!) / 2 / ratio,
      y + (rows.low[row]! + rows.high[row]!) / 2 / ratio + 0.5,
    );
  };
  for (let row = 0; row < changes.size; row++) {
    if (!tall(row)) continue;
    if (changes.diagonal[row] !== 0) {
      number(row, row, changes.diagonal[row]!, chance.isDiagonalBeyond[row]!);
    }
    for (let k = changes.rowStart[row]!; k < changes.rowStart[row + 1]!; k++) {
      number(row, changes.column[k]!, changes.change[k]!, chance.isBeyond[k]!);
    }
  }
}
