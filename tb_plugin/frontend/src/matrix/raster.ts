/** Cells to pixels, in one pass over the nonzeros. */

import type { Cells } from "../counts.ts";
import { portion, type Scale } from "../scale.ts";
import { densened } from "./density.ts";

/** Device pixels of every row or column: half-open spans. */
export interface Axis {
  low: Int32Array;
  high: Int32Array;
  /** Spans widened to the least size of a mark. */
  markLow: Int32Array;
  markHigh: Int32Array;
  /** As above, for counts that deserve a larger mark. */
  strongLow: Int32Array;
  strongHigh: Int32Array;
}

/** A mark is at least 2 pixels wide, 2.5 from this count on. */
const STRONG = 3;

/**
 * Device pixels of the groups along one axis.
 *
 * @param edge first place of each group, [G + 1]
 * @param from place at pixel 0
 * @param perPlace device pixels per place
 * @param ratio device pixels per CSS pixel
 * @param least CSS pixels of the smallest mark
 */
export function axisOf(
  edge: Float64Array,
  from: number,
  perPlace: number,
  ratio: number,
  least: 1 | 2 = 2,
): Axis {
  const size = edge.length - 1;
  const spans = (mark: number, gaps: boolean): [Int32Array, Int32Array] => {
    const low = new Int32Array(size);
    const high = new Int32Array(size);
    for (let i = 0; i < size; i++) {
      const start = (edge[i]! - from) * perPlace;
      const stop = (edge[i + 1]! - from) * perPlace;
      const width = stop - start;
      if (width < 2 * ratio && gaps) {
        const middle = (start + stop) / 2;
        low[i] = Math.round(middle - mark / 2);
        high[i] = low[i]! + Math.round(mark);
      } else {
        low[i] = Math.round(start);
        high[i] = Math.round(stop) - (gaps ? gapFor(width / ratio, ratio) : 0);
      }
    }
    return [low, high];
  };
  const [low, high] = spans(0, false);
  const [markLow, markHigh] = spans(least * ratio, true);
  const [strongLow, strongHigh] = spans((least + 0.5) * ratio, true);
  return { low, high, markLow, markHigh, strongLow, strongHigh };
}

/** Device pixels left free between neighbouring cells of a CSS width. */
function gapFor(width: number, ratio: number): number {
  if (width >= 14) return Math.round(ratio);
  return width >= 4 ? Math.max(1, Math.floor(0.5 * ratio)) : 0;
}

/**
 * Draws the cells into a square of transparent pixels, weakest first.
 *
 * A count of 1 is drawn at 80 % opacity, so that where marks of ones overlap
 * they read denser. Where there are very many, all that are weak add up.
 */
export function rasterise(
  pixels: Uint32Array,
  side: number,
  cells: Cells,
  rows: Axis,
  columns: Axis,
  scale: Scale,
  isDense = false,
): void {
  pixels.fill(0);
  const { packed, rowFactor, columnFactor } = scale;
  const last = packed.length - 1;
  const upRamp = portion(scale);

  const mark = (row: number, column: number, count: number): void => {
    const strong = count >= STRONG;
    const left = (strong ? columns.strongLow : columns.markLow)[column]!;
    const right = (strong ? columns.strongHigh : columns.markHigh)[column]!;
    const top = (strong ? rows.strongLow : rows.markLow)[row]!;
    const bottom = (strong ? rows.strongHigh : rows.markHigh)[row]!;
    if (right <= 0 || left >= side || bottom <= 0 || top >= side) return;
    const value = count * rowFactor[row]! * columnFactor[column]!;
    const colour = packed[(upRamp(value) * last) | 0]!;
    const x0 = Math.max(left, 0);
    const x1 = Math.min(right, side);
    const y0 = Math.max(top, 0);
    const y1 = Math.min(bottom, side);
    const faint = (colour & 0x00ffffff) | 0xcc000000;
    for (let y = y0; y < y1; y++) {
      for (let at = y * side + x0, end = y * side + x1; at < end; at++) {
        if (isDense && !strong) pixels[at] = densened(pixels[at]!, colour);
        else pixels[at] = count === 1 && pixels[at] === 0 ? faint : colour;
      }
    }
  };

  const { row, column, count, weakestFirst } = cells;
  for (let i = 0; i < weakestFirst.length; i++) {
    const k = weakestFirst[i]!;
    mark(row[k]!, column[k]!, count[k]!);
  }
  for (let i = 0; i < cells.size; i++) {
    if (cells.diagonal[i]! > 0) mark(i, i, cells.diagonal[i]!);
  }
}
