/** Draws what changed: cells in colours from fewer to more, and numbers. */

import { packed, shadeOfChange } from "../colour/changeScale.ts";
import type { Sums } from "../confusion/cells.ts";
import { UNTESTED } from "../confusion/pairs.ts";
import { placesOf } from "../hierarchy/tree.ts";
import {
  type CellPainter,
  columnsOf,
  type DrawnChange,
  type Frame,
  rowsOf,
} from "../matrix/canvas/frame.ts";
import { visible } from "../matrix/canvas/icicle.ts";
import type { Axis } from "../matrix/canvas/rasterise.ts";
import { barNodes } from "../state/comparison/barsEnd.ts";
import { inkOn } from "../ui/colours.ts";
import { points, signed } from "../ui/format.ts";
import { FONT } from "../ui/theme.ts";

/** Smaller changes have no number: they are everywhere, and mean little. */
const LEAST_COUNT = 3;
const LEAST_SHARE = 0.005;
/** CSS pixels: from here on a cell without a number has a sign, a small one. */
const SIGNS_FROM = 6;
const LARGE_SIGNS_FROM = 8;
/** Pixels between the stripes of what was not tested. */
const PITCH = 5;

export function changePainter(change: DrawnChange): CellPainter {
  const { changes, chance, scale, hidesChance, from, to } = change;
  return {
    about: [changes, chance, scale, hidesChance],
    // A row without samples, here or there, has no shares to change.
    ...(changes.isShare ? { samples: [from.support, to.support] } : {}),
    numbersFrom: SIGNS_FROM,
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

/**
 * Writes numbers into cells, and signs where these do not fit: nobody needs the
 * hue. What is beyond chance has weight, and alone has a sign.
 */
export function drawChangeNumbers(
  context: CanvasRenderingContext2D,
  { layout, palette }: Frame,
  change: DrawnChange,
  rows: Axis,
  columns: Axis,
  ratio: number,
): void {
  const { changes, chance, hidesChance, scale } = change;
  const { x, y } = layout.matrix;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const least = scale.isShare ? LEAST_SHARE : LEAST_COUNT;
  const draw = (
    row: number,
    column: number,
    value: number,
    flag: number,
  ): void => {
    if (value === 0 || (hidesChance && flag === 0)) return;
    const tall = rows.high[row]! - rows.low[row]!;
    const wide = columns.high[column]! - columns.low[column]!;
    const side = Math.min(tall, wide) / ratio;
    if (side < SIGNS_FROM) return;
    context.fillStyle =
      flag === UNTESTED
        ? palette.ink
        : inkOn(
            flag ? scale.shades[shadeOfChange(scale, value)]! : scale.chance,
          );
    const text = scale.isShare ? points(value) : signed(value);
    const width = wide / ratio;
    const fits = tall >= 13 * ratio && width >= text.length * 6.3 + 2;
    // Where every cell has room, every change is said.
    const isSaid = Math.abs(value) >= least || width >= 40;
    if (fits && isSaid && /[1-9]/.test(text)) {
      context.font = `${flag === 1 ? "600 " : ""}11px ${FONT}`;
      context.fillText(
        text,
        x + (columns.low[column]! + columns.high[column]!) / 2 / ratio,
        y + (rows.low[row]! + rows.high[row]!) / 2 / ratio + 0.5,
      );
    } else if (flag === 1) {
      // Without the gap, which is at the far end, and on whole pixels.
      const middle = ({ low, high }: Axis, at: number): number =>
        ((low[at]! + high[at]! - 1) >> 1) / ratio;
      const [across, down] = [middle(columns, column), middle(rows, row)];
      const arm = Math.round((side < LARGE_SIGNS_FROM ? 1 : 2) * ratio) / ratio;
      drawSign(context, [x + across, y + down], arm, value > 0);
    }
  };
  for (let row = 0; row < changes.size; row++) {
    if (rows.high[row]! - rows.low[row]! < SIGNS_FROM * ratio) continue;
    draw(row, row, changes.diagonal[row]!, chance.isDiagonalBeyond[row]!);
    for (let k = changes.rowStart[row]!; k < changes.rowStart[row + 1]!; k++) {
      draw(row, changes.column[k]!, changes.change[k]!, chance.isBeyond[k]!);
    }
  }
}

function drawSign(
  context: CanvasRenderingContext2D,
  [x, y]: readonly [number, number],
  arm: number,
  isMore: boolean,
): void {
  context.fillRect(x - arm, y, 2 * arm + 1, 1);
  if (isMore) context.fillRect(x, y - arm, 1, 2 * arm + 1);
}

function drawChangeBars(
  context: CanvasRenderingContext2D,
  frame: Frame,
  change: DrawnChange,
): void {
  const { layout, palette, data } = frame;
  if (!data) return;
  const { matrix, rightBars, lowerBars } = layout;
  const half = { right: rightBars.width / 2, lower: lowerBars.height / 2 };
  const middle = {
    right: rightBars.x + half.right,
    lower: lowerBars.y + half.lower,
  };
  context.fillStyle = palette.hairline;
  context.fillRect(rightBars.x, matrix.y, 1, matrix.size);
  context.fillRect(rightBars.x + rightBars.width, matrix.y, 1, matrix.size);
  context.fillStyle = palette.strong;
  context.fillRect(middle.right - 0.5, matrix.y, 1, matrix.size);
  context.fillRect(matrix.x, middle.lower - 0.5, matrix.size, 1);
  drawAxis(frame, change, true, (from, thick, by, node) => {
    bar(context, frame, by, change.withinChance.has(node));
    context.fillRect(middle.right, from, by * half.right, thick);
  });
  drawAxis(frame, change, false, (from, thick, by, node) => {
    bar(context, frame, by, change.precisionWithinChance.has(node));
    context.fillRect(from, middle.lower, thick, -by * half.lower);
  });
}

function bar(
  context: CanvasRenderingContext2D,
  { palette }: Frame,
  by: number,
  isChance: boolean,
): void {
  if (isChance) {
    context.fillStyle = palette.grey;
    return;
  }
  // More right answers are as good as fewer wrong ones.
  context.fillStyle = by > 0 ? palette.changes[1]! : palette.changes[5]!;
}

/** Calls for every group with a bar: its pixels, and its change in [-1, 1]. */
function drawAxis(
  frame: Frame,
  change: DrawnChange,
  isRow: boolean,
  draw: (from: number, thick: number, by: number, node: number) => void,
): void {
  const { tree, cut } = frame;
  const axis = isRow ? rowsOf(frame) : columnsOf(frame);
  const groups = (isRow ? cut : cut.columns).nodes;
  const named = frame.ticks[isRow ? "rows" : "columns"];
  const nodes = barNodes(groups, named, axis.high - axis.low);
  const share = (sums: Sums, node: number): number =>
    sums.truePositives[node]! /
    (isRow ? sums.support : sums.predictedCount)[node]!;
  for (const node of nodes) {
    const span = visible(axis, ...placesOf(tree, node));
    const by = share(change.to, node) - share(change.from, node);
    if (!span || !Number.isFinite(by)) continue;
    const thick = Math.max(
      span[1] - span[0] - (span[1] - span[0] > 4 ? 1 : 0),
      1,
    );
    draw(span[0], thick, Math.min(Math.max(by / change.barsEnd, -1), 1), node);
  }
}
