/** Cells to pixels, in one pass over the nonzeros. */

import { type Cells, cellsBelow } from "../../confusion/cells.ts";
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

/** Cells in the order in which they are drawn. */
interface Layer {
  order: ArrayLike<number>;
  row: Uint16Array;
  column: Uint16Array;
  count: ArrayLike<number>;
  /** Of each in that order its shade and 1; 0 until it is first drawn. */
  shade: Uint16Array;
  /** How many of the first are single, and how many get the least mark. */
  single: number;
  weak: number;
}

function layerOf(
  order: ArrayLike<number>,
  cells: Pick<Layer, "row" | "column" | "count">,
): Layer {
  const below = (least: number): number =>
    cellsBelow(cells.count, order, least);
  return {
    ...cells,
    order,
    shade: new Uint16Array(order.length),
    single: below(2),
    weak: below(STRONG),
  };
}

function layersOf(cells: Cells): Layer[] {
  const { row, column, count, diagonal, weakestFirst } = cells;
  const place = Uint16Array.from(diagonal.keys());
  const right = place.filter((i) => diagonal[i]! > 0);
  right.sort((a, b) => diagonal[a]! - diagonal[b]!);
  return [
    layerOf(weakestFirst, { row, column, count }),
    layerOf(right, { row: place, column: place, count: diagonal }),
  ];
}

/** Of what was drawn last: two matrices may stand beside one another. */
let known: { cells: Cells; scale: Scale; layers: Layer[] }[] = [];

/** The same while the window moves: most of the work is in them. */
function knownLayers(cells: Cells, scale: Scale): Layer[] {
  const isSame = (each: (typeof known)[0]): boolean =>
    each.cells === cells && each.scale === scale;
  const layers = known.find(isSame)?.layers ?? layersOf(cells);
  known = [
    { cells, scale, layers },
    ...known.filter((each) => !isSame(each)).slice(0, 1),
  ];
  return layers;
}

/**
 * Draws cells weakest first; a count of 1 at 80 % so that overlaps read denser.
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
  const upRamp = portion(scale);
  const last = packed.length - 1;
  const within = (edge: Int32Array): Int32Array =>
    edge.map((at) => Math.min(Math.max(at, 0), side));
  const mark = (
    { order, row, column, count, shade, single }: Layer,
    [from, to]: readonly [number, number],
    isStrong: boolean,
  ): void => {
    if (from === to) return;
    const adds = isDense && !isStrong;
    const top = within(isStrong ? rows.strongLow : rows.markLow);
    const bottom = within(isStrong ? rows.strongHigh : rows.markHigh);
    const left = within(isStrong ? columns.strongLow : columns.markLow);
    const right = within(isStrong ? columns.strongHigh : columns.markHigh);
    // Of most cells the value is the same as of the one before.
    let before = Number.NaN;
    let known = 0;
    for (let i = from; i < to; i++) {
      const k = order[i]!;
      const y0 = top[row[k]!]!;
      const y1 = bottom[row[k]!]!;
      const x0 = left[column[k]!]!;
      const x1 = right[column[k]!]!;
      if (shade[i] === 0) {
        const value =
          count[k]! * rowFactor[row[k]!]! * columnFactor[column[k]!]!;
        if (value !== before) known = ((upRamp(value) * last) | 0) + 1;
        before = value;
        shade[i] = known;
      }
      const ink = packed[shade[i]! - 1]!;
      // As most are where there are very many.
      if (adds && x1 - x0 === 1 && y1 - y0 === 1) {
        const at = y0 * side + x0;
        pixels[at] = densened(pixels[at]!, ink);
        continue;
      }
      const faint = (ink & 0x00ffffff) | FAINT;
      for (let y = y0; y < y1; y++) {
        const start = y * side + x0;
        const end = y * side + x1;
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
    mark(layer, [layer.weak, layer.order.length], true);
  }
}
