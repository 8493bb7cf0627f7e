/** Cells to pixels, in one pass over the nonzeros. */

import type { Cells } from "../../confusion/cells.ts";
import { portion, type Scale } from "../../confusion/cellValues.ts";
import { gaps, marks } from "../../ui/drawing.ts";
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

/** From this count on a mark is larger. */
const STRONG = marks.strongFrom;
/** Of a count of 1, in the bits of a pixel. */
const FAINT = Math.round(marks.singleOpacity * 255) << 24;

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
  least = marks.least,
): Axis {
  const size = edge.length - 1;
  const spans = (mark: number, hasGaps: boolean): [Int32Array, Int32Array] => {
    const low = new Int32Array(size);
    const high = new Int32Array(size);
    for (let i = 0; i < size; i++) {
      const start = (edge[i]! - from) * perPlace;
      const stop = (edge[i + 1]! - from) * perPlace;
      const width = stop - start;
      if (width < marks.least * ratio && hasGaps) {
        const middle = (start + stop) / 2;
        low[i] = Math.round(middle - mark / 2);
        high[i] = low[i]! + Math.round(mark);
      } else {
        low[i] = Math.round(start);
        high[i] =
          Math.round(stop) - (hasGaps ? gapFor(width / ratio, ratio) : 0);
      }
    }
    return [low, high];
  };
  const [low, high] = spans(0, false);
  const [markLow, markHigh] = spans(least * ratio, true);
  const [strongLow, strongHigh] = spans(
    (least + marks.strongExtra) * ratio,
    true,
  );
  return { low, high, markLow, markHigh, strongLow, strongHigh };
}

/** What of each group is in sight: a number stands in the middle of that. */
export function inSight(axis: Axis, side: number): Axis {
  const within = (at: number): number => Math.min(Math.max(at, 0), side);
  return { ...axis, low: axis.low.map(within), high: axis.high.map(within) };
}

/** Device pixels left free between neighbouring cells of a CSS width. */
function gapFor(width: number, ratio: number): number {
  const { large, small } = gaps;
  if (width >= large.from) return Math.round(large.gap * ratio);
  return width >= small.from ? Math.max(1, Math.floor(small.gap * ratio)) : 0;
}

/** Cells and their colours in the order in which they are drawn. */
interface Layer {
  row: Uint16Array;
  column: Uint16Array;
  colour: Uint32Array;
  /** How many of the first are single, and how many get the least mark. */
  single: number;
  weak: number;
}

function layerOf(
  weakestFirst: ArrayLike<number>,
  cells: Record<"row" | "column" | "count", ArrayLike<number>>,
  scale: Scale,
): Layer {
  const { packed, rowFactor, columnFactor } = scale;
  const last = packed.length - 1;
  const upRamp = portion(scale);
  const size = weakestFirst.length;
  const row = new Uint16Array(size);
  const column = new Uint16Array(size);
  const colour = new Uint32Array(size);
  let [single, weak] = [0, 0];
  // Of most cells the value is the same as of the one before.
  let [before, ink] = [Number.NaN, 0];
  for (let i = 0; i < size; i++) {
    const k = weakestFirst[i]!;
    const r = cells.row[k]!;
    const c = cells.column[k]!;
    const count = cells.count[k]!;
    const value = count * rowFactor[r]! * columnFactor[c]!;
    row[i] = r;
    column[i] = c;
    if (value !== before) ink = packed[(upRamp(value) * last) | 0]!;
    before = value;
    colour[i] = ink;
    if (count === 1) single++;
    if (count < STRONG) weak++;
  }
  return { row, column, colour, single, weak };
}

function layersOf(cells: Cells, scale: Scale): Layer[] {
  const { diagonal } = cells;
  const right = [...diagonal.keys()].filter((i) => diagonal[i]! > 0);
  right.sort((a, b) => diagonal[a]! - diagonal[b]!);
  const place = Uint16Array.from(diagonal.keys());
  return [
    layerOf(cells.weakestFirst, cells, scale),
    layerOf(right, { row: place, column: place, count: diagonal }, scale),
  ];
}

/** Of what was drawn last: two matrices may stand beside one another. */
let known: { cells: Cells; scale: Scale; layers: Layer[] }[] = [];

/** The same while the window moves: most of the work is in them. */
function knownLayers(cells: Cells, scale: Scale): Layer[] {
  const isSame = (each: (typeof known)[0]): boolean =>
    each.cells === cells && each.scale === scale;
  const layers = known.find(isSame)?.layers ?? layersOf(cells, scale);
  known = [
    { cells, scale, layers },
    ...known.filter((each) => !isSame(each)).slice(0, 1),
  ];
  return layers;
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
  const mark = (
    { row, column, colour, single }: Layer,
    [from, to]: readonly [number, number],
    isStrong: boolean,
  ): void => {
    const adds = isDense && !isStrong;
    const top = isStrong ? rows.strongLow : rows.markLow;
    const bottom = isStrong ? rows.strongHigh : rows.markHigh;
    const left = isStrong ? columns.strongLow : columns.markLow;
    const right = isStrong ? columns.strongHigh : columns.markHigh;
    for (let i = from; i < to; i++) {
      const y0 = Math.max(top[row[i]!]!, 0);
      const y1 = Math.min(bottom[row[i]!]!, side);
      if (y1 <= y0) continue;
      const x0 = Math.max(left[column[i]!]!, 0);
      const x1 = Math.min(right[column[i]!]!, side);
      const ink = colour[i]!;
      const faint = (ink & 0x00ffffff) | FAINT;
      for (let y = y0; y < y1; y++) {
        const start = y * side + x0;
        const end = start + x1 - x0;
        if (adds) {
          for (let at = start; at < end; at++) {
            pixels[at] = densened(pixels[at]!, ink);
          }
        } else if (i < single) {
          for (let at = start; at < end; at++) {
            pixels[at] = pixels[at] === 0 ? faint : ink;
          }
        } else for (let at = start; at < end; at++) pixels[at] = ink;
      }
    }
  };
  for (const layer of knownLayers(cells, scale)) {
    mark(layer, [0, layer.weak], false);
    mark(layer, [layer.weak, layer.row.length], true);
  }
}
