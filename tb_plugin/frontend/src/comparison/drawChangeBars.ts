/** Side bars of a comparison: changes of recall and precision, centred. */

import type { Sums } from "../confusion/cells.ts";
import { placesOf } from "../hierarchy/tree.ts";
import {
  columnsOf,
  type DrawnChange,
  type Frame,
  rowsOf,
} from "../matrix/canvas/frame.ts";
import { visible } from "../matrix/canvas/icicle.ts";
import { barNodes } from "../state/comparison/barsEnd.ts";

export function drawChangeBars(
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
