/** Draws the matrix: bands, cells, outlines, selection. */

import { shadeOf, VALUES, valueAt } from "../../confusion/cellValues.ts";
import { kindOf, placesIn, spansOf } from "../../hierarchy/selection.ts";
import { classesOf, placesOf } from "../../hierarchy/tree.ts";
import { inkOn } from "../../ui/colours.ts";
import { diagonal, gaps, numbersFrom, outlines } from "../../ui/drawing.ts";
import { FONT } from "../../ui/theme.ts";
import { leastMark } from "./density.ts";
import { drawAbsences } from "./drawMissingClasses.ts";
import { columnsOf, type Frame, rowsOf, withAlpha } from "./frame.ts";
import { visible } from "./icicle.ts";
import { type Axis, axisOf, inSight, rasterise } from "./rasterise.ts";

let image: ImageData | null = null;
let buffer: HTMLCanvasElement | null = null;
/** What the buffer shows. */
let inBuffer: readonly unknown[] = [];

export function drawMatrix(
  context: CanvasRenderingContext2D,
  frame: Frame,
  ratio: number,
): void {
  const { palette, layout } = frame;
  const { x, y, size } = layout.matrix;
  context.save();
  context.beginPath();
  context.rect(x, y, size, size);
  context.clip();
  drawBands(context, frame);
  drawAbsences(context, frame);
  frame.zoomedPainter?.drawGrid(context, frame);
  if (frame.data) drawCells(context, frame, ratio);
  if (frame.data) drawOutlines(context, frame);
  frame.zoomedPainter?.drawTotals(context, frame);
  drawSelection(context, frame);
  context.restore();
  context.strokeStyle = palette.strong;
  context.lineWidth = 1;
  context.strokeRect(x - 0.5, y - 0.5, size + 1, size + 1);
}

function bandsOf(frame: Frame): {
  rows: [number, number] | null;
  columns: [number, number] | null;
} {
  const { tree, selection } = frame;
  const box = spansOf(tree, selection);
  // The root is the other side of a band.
  const isBand = (node: number): boolean => node === 0 && !selection.box;
  return {
    rows: isBand(selection.rows)
      ? null
      : visible(rowsOf(frame), ...placesIn(tree, box.rows)),
    columns: isBand(selection.columns)
      ? null
      : visible(columnsOf(frame), ...placesIn(tree, box.columns)),
  };
}

function drawBands(context: CanvasRenderingContext2D, frame: Frame): void {
  const { palette, layout, selection } = frame;
  if (kindOf(selection) === "all") return;
  const { x, y, size } = layout.matrix;
  const { rows, columns } = bandsOf(frame);
  context.fillStyle = withAlpha(palette.accent, palette.bandTint);
  if (rows) context.fillRect(x, rows[0], size, rows[1] - rows[0]);
  if (columns) context.fillRect(columns[0], y, columns[1] - columns[0], size);
  context.strokeStyle = withAlpha(palette.accent, 0.75);
  context.lineWidth = 0.75;
  context.beginPath();
  for (const edge of rows ?? []) {
    context.moveTo(x, edge);
    context.lineTo(x + size, edge);
  }
  for (const edge of columns ?? []) {
    context.moveTo(edge, y);
    context.lineTo(edge, y + size);
  }
  context.stroke();
}

function drawCells(
  context: CanvasRenderingContext2D,
  frame: Frame,
  ratio: number,
): void {
  const { layout, placed, window, data } = frame;
  if (!data) return;
  const { x, y, size } = layout.matrix;
  const side = Math.round(size * ratio);
  const perPlace = side / window.span;
  const share = window.span / placed.edge.at(-1)!;
  const least = frame.painter ? 2 : leastMark(data.cells, share, size);
  const rows = axisOf(placed.edge, window.y, perPlace, ratio, least);
  const areSame = placed.columns.edge === placed.edge && window.x === window.y;
  const columns = areSame
    ? rows
    : axisOf(placed.columns.edge, window.x, perPlace, ratio, least);
  if (!buffer || buffer.width !== side) {
    buffer = document.createElement("canvas");
    buffer.width = side;
    buffer.height = side;
    image = new ImageData(side, side);
  }
  const { cells, scale } = data;
  const drawn = [
    side,
    ratio,
    placed,
    window,
    cells,
    scale,
    ...(frame.painter?.about ?? []),
  ];
  // A selection leaves the cells as they are.
  if (
    drawn.length !== inBuffer.length ||
    !drawn.every((each, i) => each === inBuffer[i])
  ) {
    inBuffer = drawn;
    const pixels = new Uint32Array(image!.data.buffer);
    if (frame.painter) frame.painter.rasterise(pixels, side, rows, columns);
    else rasterise(pixels, side, cells, rows, columns, scale, least === 1);
    buffer.getContext("2d")!.putImageData(image!, 0, 0);
  }
  if (!frame.showsDiagonal) drawDiagonal(context, frame);
  context.drawImage(buffer, x, y, size, size);
  const room = (frame.painter?.numbersFrom ?? numbersFrom) * ratio;
  const hasRoom = ({ low, high }: Axis): boolean =>
    low.some((from, i) => high[i]! - from >= room);
  if (!hasRoom(rows) || !hasRoom(columns)) return;
  const drawThem = frame.painter?.drawNumbers ?? drawNumbers;
  drawThem(context, frame, inSight(rows, side), inSight(columns, side), ratio);
}

/** Where right answers are hidden: a hairline, or grey cells when large. */
function drawDiagonal(context: CanvasRenderingContext2D, frame: Frame): void {
  const { layout, tree, cut, palette, window } = frame;
  const [rows, columns] = [rowsOf(frame), columnsOf(frame)];
  context.fillStyle = palette.fillFirst;
  context.strokeStyle = palette.hairline;
  context.lineWidth = diagonal.lineWidth;
  context.beginPath();
  for (let group = 0; group < cut.nodes.length; group++) {
    // In a group that holds several there may be errors.
    const node = cut.nodes[group]!;
    const first = tree.start[node]!;
    if (tree.stop[node]! - first > 1) continue;
    // Nor is there a diagonal where its column is part of a group.
    if (cut.columns.nodes[cut.columns.groupOf[first]!] !== node) continue;
    const [low, high] = [cut.edge[group]!, cut.edge[group + 1]!];
    const across = visible(columns, low, high);
    const down = visible(rows, low, high);
    if (!across || !down) continue;
    const size = ((high - low) * layout.matrix.size) / window.span;
    if (size < diagonal.lineBelow) {
      context.moveTo(columns.at(low), rows.at(low));
      context.lineTo(columns.at(high), rows.at(high));
      continue;
    }
    const gap = size >= gaps.small.from ? gaps.small.gap : 0;
    const wide = across[1] - across[0] - gap;
    context.fillRect(across[0], down[0], wide, down[1] - down[0] - gap);
  }
  context.stroke();
}

function drawNumbers(
  context: CanvasRenderingContext2D,
  frame: Frame,
  rows: Axis,
  columns: Axis,
  ratio: number,
): void {
  const { layout, data } = frame;
  const { x, y, size } = layout.matrix;
  const least = numbersFrom * ratio;
  const isLarge = ({ low, high }: Axis, i: number): boolean =>
    high[i]! - low[i]! >= least && high[i]! > 0 && low[i]! < size * ratio;
  if (!data) return;
  const { cells, scale } = data;
  context.font = `11px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const number = (row: number, column: number, count: number): void => {
    const text = VALUES[scale.value].write(valueAt(scale, count, row, column));
    const width = (columns.high[column]! - columns.low[column]!) / ratio;
    if (width < text.length * 6.2 + 1.5) return;
    const shade = shadeOf(scale, count, row, column);
    context.fillStyle = inkOn(scale.shades[shade]!);
    context.fillText(
      text,
      x + (columns.low[column]! + columns.high[column]!) / 2 / ratio,
      y + (rows.low[row]! + rows.high[row]!) / 2 / ratio + 0.5,
    );
  };
  for (let row = 0; row < cells.size; row++) {
    if (!isLarge(rows, row)) continue;
    if (cells.diagonal[row]! > 0 && isLarge(columns, row)) {
      number(row, row, cells.diagonal[row]!);
    }
    for (let k = cells.rowStart[row]!; k < cells.rowStart[row + 1]!; k++) {
      const column = cells.column[k]!;
      if (isLarge(columns, column)) number(row, column, cells.count[k]!);
    }
  }
}

function drawOutlines(context: CanvasRenderingContext2D, frame: Frame): void {
  const { tree, palette, layout, window } = frame;
  const [rows, columns] = [rowsOf(frame), columnsOf(frame)];
  const perClass = layout.matrix.size / window.span;
  const { lines, smallBelow, leastClasses } = outlines;
  const least = leastClasses[perClass < smallBelow ? "small" : "large"];
  const drawn = frame.outlines.slice(0, lines.length);
  // Coarse over fine.
  for (let i = drawn.length - 1; i >= 0; i--) {
    const { width, opacity } = lines[i]!;
    context.strokeStyle = withAlpha(palette.muted, opacity);
    context.lineWidth = width;
    context.beginPath();
    for (const node of drawn[i]!) {
      if (classesOf(tree, node) < least) continue;
      const [low, high] = placesOf(tree, node);
      if (!visible(rows, low, high) || !visible(columns, low, high)) continue;
      const [left, right] = [columns.at(low), columns.at(high)];
      const [top, bottom] = [rows.at(low), rows.at(high)];
      context.rect(left, top, right - left, bottom - top);
    }
    context.stroke();
  }
}

function drawSelection(context: CanvasRenderingContext2D, frame: Frame): void {
  const { tree, selection, palette } = frame;
  if (kindOf(selection) === "all") return;
  const [rows, columns] = [rowsOf(frame), columnsOf(frame)];
  const box = spansOf(tree, selection);
  const [left, right] = placesIn(tree, box.columns).map(columns.at) as [
    number,
    number,
  ];
  const [top, bottom] = placesIn(tree, box.rows).map(rows.at) as [
    number,
    number,
  ];
  context.strokeStyle = palette.accent;
  context.lineWidth = 1.75;
  context.strokeRect(
    left,
    top,
    Math.max(right - left, 3),
    Math.max(bottom - top, 3),
  );
}
