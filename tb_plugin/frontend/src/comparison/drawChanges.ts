/** Draws what changed: cells in colours from fewer to more, and numbers. */

import { packed, shadeOfChange } from "../colour/changeScale.ts";
import type { DrawnChange, Frame } from "../matrix/canvas/frame.ts";
import type { Axis } from "../matrix/canvas/rasterise.ts";
import { inkOn } from "../ui/colours.ts";
import { points, signed } from "../ui/format.ts";
import { FONT } from "../ui/theme.ts";

/** Smaller changes have no number: they are everywhere, and mean little. */
const LEAST_COUNT = 3;
const LEAST_SHARE = 0.005;

/**
 * Draws the changes into a square of transparent pixels, smallest first: those
 * within chance in grey, if at all, and the others over them.
 */
export function rasteriseChanges(
  pixels: Uint32Array,
  side: number,
  { changes, chance, hidesChance, scale }: DrawnChange,
  rows: Axis,
  columns: Axis,
): void {
  pixels.fill(0);
  const mark = (row: number, column: number, colour: number): void => {
    const x0 = Math.max(columns.markLow[column]!, 0);
    const x1 = Math.min(columns.markHigh[column]!, side);
    const y0 = Math.max(rows.markLow[row]!, 0);
    const y1 = Math.min(rows.markHigh[row]!, side);
    for (let y = y0; y < y1; y++) {
      if (x0 < x1) pixels.fill(colour, y * side + x0, y * side + x1);
    }
  };
  const { row, column, change, weakestFirst, diagonal } = changes;
  const grey = packed(scale.chance);
  for (const beyond of hidesChance ? [1] : [0, 1]) {
    const colourOf = (by: number): number =>
      beyond ? scale.packed[shadeOfChange(scale, by)]! : grey;
    for (let i = 0; i < weakestFirst.length; i++) {
      const k = weakestFirst[i]!;
      if (chance.isBeyond[k] === beyond) {
        mark(row[k]!, column[k]!, colourOf(change[k]!));
      }
    }
    for (let i = 0; i < diagonal.length; i++) {
      if (diagonal[i] !== 0 && chance.isDiagonalBeyond[i] === beyond) {
        mark(i, i, colourOf(diagonal[i]!));
      }
    }
  }
}

/** Writes changes into the cells that have room for them. */
export function drawChangeNumbers(
  context: CanvasRenderingContext2D,
  { layout, change }: Frame,
  rows: Axis,
  columns: Axis,
  ratio: number,
): void {
  if (!change) return;
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
    isBeyond: boolean,
  ): void => {
    if (hidesChance && !isBeyond) return;
    const width = (columns.high[column]! - columns.low[column]!) / ratio;
    // Where every cell has room, every change is said.
    if (Math.abs(value) < least && width < 40) return;
    const text = scale.isShare ? points(value) : signed(value);
    if (width < text.length * 6.2 + 3 || !/[1-9]/.test(text)) return;
    context.fillStyle = inkOn(
      isBeyond ? scale.shades[shadeOfChange(scale, value)]! : scale.chance,
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
      const isBeyond = chance.isDiagonalBeyond[row] === 1;
      number(row, row, changes.diagonal[row]!, isBeyond);
    }
    for (let k = changes.rowStart[row]!; k < changes.rowStart[row + 1]!; k++) {
      const isBeyond = chance.isBeyond[k] === 1;
      number(row, changes.column[k]!, changes.change[k]!, isBeyond);
    }
  }
}
