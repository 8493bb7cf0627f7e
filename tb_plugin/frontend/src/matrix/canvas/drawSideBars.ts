/** Draws the bars beside rows and below columns. */

import {
  chosenOn,
  isWithin,
  placesIn,
  spanOf,
} from "../../hierarchy/selection.ts";
import { contains, placesOf } from "../../hierarchy/tree.ts";
import { sideBars } from "../../ui/drawing.ts";
import { columnsOf, type Frame, rowsOf, withAlpha } from "./frame.ts";
import { visible } from "./icicle.ts";

type Side = "rows" | "columns";

/** A bar or a line over some pixels of an axis, its length in [0, 1]. */
type Bar = (from: number, thick: number, length: number) => void;

/**
 * What recall and precision lack, or how often classes occur and are predicted.
 */
export function drawSideBars(
  context: CanvasRenderingContext2D,
  frame: Frame,
): void {
  const { layout, palette } = frame;
  const { matrix, rightBars, lowerBars } = layout;
  const { line } = sideBars;
  const { x, width } = rightBars;
  drawBars(context, frame, "rows", (from, thick, length) => {
    context.fillRect(x, from, length * width, thick);
  });
  drawLines(context, frame, "rows", (from, thick, length) => {
    context.fillRect(x + length * width - line / 2, from, line, thick);
  });
  const { y, height } = lowerBars;
  drawBars(context, frame, "columns", (from, thick, length) => {
    context.fillRect(from, y, thick, length * height);
  });
  drawLines(context, frame, "columns", (from, thick, length) => {
    context.fillRect(from, y + length * height - line / 2, thick, line);
  });
  context.fillStyle = palette.hairline;
  context.fillRect(x, matrix.y, 1, matrix.size);
  context.fillRect(x + width, matrix.y, 1, matrix.size);
  context.fillRect(matrix.x, y + height, matrix.size, 1);
}

/** Of a span of places; NaN where there is nothing to have a share of. */
type Length = (from: number, to: number) => number;

/** The values at some nodes. */
function at(nodes: Int32Array, values: Float64Array): Float64Array {
  const found = new Float64Array(nodes.length);
  for (let i = 0; i < nodes.length; i++) found[i] = values[nodes[i]!]!;
  return found;
}

/** Sums over the cut's groups, evenly spread over their classes. */
function spread(
  edge: Float64Array,
  values: Float64Array,
): (from: number, to: number) => number {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i]! + values[i]!;
  let at = 0;
  const upTo = (place: number): number => {
    while (at > 0 && edge[at]! > place) at--;
    while (at < values.length - 1 && edge[at + 1]! <= place) at++;
    const share = (place - edge[at]!) / (edge[at + 1]! - edge[at]!);
    return sums[at]! + share * (sums[at + 1]! - sums[at]!);
  };
  return (from, to) => upTo(to) - upTo(from);
}

function lengths({ cut, placed, data, bars }: Frame, side: Side): Length {
  const { sums } = data!.epoch;
  const [{ nodes, edge }, { edge: own }] =
    side === "rows" ? [placed, cut] : [placed.columns, cut.columns];
  const samples = at(
    nodes,
    side === "rows" ? sums.support : sums.predictedCount,
  );
  // Shown alone, classes are wider than they are; what is hidden has no width.
  const stretched = (values: Float64Array): Float64Array =>
    values.map((value, group) => {
      const size = own[group + 1]! - own[group]!;
      return (value / size) * (edge[group + 1]! - edge[group]!);
    });
  const all = spread(edge, stretched(samples));
  if (bars === "support") {
    const most = mostPerClass(own, samples);
    return (from, to) => all(from, to) / (to - from) / most;
  }
  const right = spread(edge, stretched(at(nodes, sums.truePositives)));
  return (from, to) => 1 - right(from, to) / all(from, to);
}

/** Samples per class of the largest group. */
export function mostPerClass(
  edge: Float64Array,
  samples: Float64Array,
): number {
  let most = 1;
  samples.forEach((count, group) => {
    const size = edge[group + 1]! - edge[group]!;
    if (size > 0) most = Math.max(most, count / size);
  });
  return most;
}

function drawBars(
  context: CanvasRenderingContext2D,
  frame: Frame,
  side: Side,
  bar: Bar,
): void {
  const { window, layout, palette, tree, selection } = frame;
  const length = lengths(frame, side);
  const isRow = side === "rows";
  const low = isRow ? layout.matrix.y : layout.matrix.x;
  const start = isRow ? window.y : window.x;
  const perPixel = window.span / layout.matrix.size;
  const chosen = chosenOn(side, selection);
  const span = chosen.span ?? spanOf(tree, chosen.node);
  const [first, last] = placesIn(tree, span).map(frame.axes[side]) as [
    number,
    number,
  ];
  const isAny = chosen.node !== 0 || chosen.span !== null;
  const usual =
    frame.bars === "support"
      ? withAlpha(palette.strong, 0.7)
      : withAlpha(palette.counts[0]!, sideBars.opacity);
  const marked = withAlpha(palette.accent, 0.45);
  const wide = 1 / perPixel > 4 && frame.placed === frame.cut;
  for (let pixel = 0; pixel < layout.matrix.size; pixel++) {
    const from = start + pixel * perPixel;
    const to = from + perPixel;
    // A gap between rows that are wide enough for one.
    if (wide && Math.floor(from) !== Math.floor(to)) continue;
    const long = length(from, Math.min(to, start + window.span));
    if (Number.isNaN(long)) {
      // Nothing to be right about: grey, for it is no error.
      context.fillStyle = palette.fillFirst;
      bar(low + pixel, 1, 1);
      continue;
    }
    const isChosen = isAny && from < last && to > first;
    context.fillStyle = isChosen ? marked : usual;
    bar(low + pixel, 1, long);
  }
}

function drawLines(
  context: CanvasRenderingContext2D,
  frame: Frame,
  side: Side,
  line: Bar,
): void {
  const { palette, tree, ticks, selection, data, cut } = frame;
  const { sums } = data!.epoch;
  const samples = side === "rows" ? sums.support : sums.predictedCount;
  const { nodes, edge, groupOf } = side === "rows" ? cut : cut.columns;
  const axis = side === "rows" ? rowsOf(frame) : columnsOf(frame);
  const chosen = chosenOn(side, selection);
  const isSupport = frame.bars === "support";
  const most = isSupport ? mostPerClass(edge, at(nodes, samples)) : 1;
  const usual = isSupport ? palette.muted : palette.counts[3]!;
  for (const node of ticks[side]) {
    const [low, high] = placesOf(tree, node);
    const span = visible(axis, low, high);
    if (!span || !samples[node]) continue;
    // What is finer than the bars may have more than any of them.
    const group = nodes[groupOf[tree.start[node]!]!]!;
    if (isSupport && group !== node && contains(tree, group, node)) continue;
    context.fillStyle = isWithin(tree, chosen, node) ? palette.accent : usual;
    const long = isSupport
      ? samples[node]! / (high - low) / most
      : 1 - sums.truePositives[node]! / samples[node]!;
    line(span[0], span[1] - span[0], long);
  }
}
