/** Draws what is not shown: the *other* row and column; sums of sub-blocks. */

import { placesOf } from "../../hierarchy/tree.ts";
import { inkOn, rampAt } from "../../ui/colours.ts";
import { whole } from "../../ui/format.ts";
import { FONT } from "../../ui/theme.ts";
import { columnsOf, type Frame, rowsOf } from "../canvas/frame.ts";
import { visible } from "../canvas/icicle.ts";

/** Cells from this size on have numbers themselves. */
const TRUE_CELLS = 14;
/** Others from this height on show their number. */
const NUMBER_FROM = 13;
/** Steps of grey. */
const SHADES = 48;
/** Sub-blocks from this width and height on show their total. */
const TOTAL_WIDTH = 30;
const TOTAL_HEIGHT = 30;

/** Rounded sums of shares are rarely nothing. */
const TINY = 1e-9;

/** Sums, not cells: in grey by their size, never of the colours of cells. */
export function drawRemainder(
  context: CanvasRenderingContext2D,
  frame: Frame,
): void {
  const { layout, cut, remainder: others, palette } = frame;
  if (!others) return;
  const { x, y, size, width } = layout.remainder;
  const { most, unit, write } = others;
  const ramp = [palette.fillFirst, palette.grey];
  const shades = Array.from({ length: SHADES + 1 }, (_, i) =>
    rampAt(ramp, i / SHADES),
  );
  const colours = shades.map((shade) => `rgb(${shade.join(" ")})`);
  context.font = `11px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const cell = (sum: number, box: [number, number, number, number]): void => {
    const [left, top, width, height] = box;
    const part = Math.log1p(Math.abs(sum) / unit) / Math.log1p(most / unit);
    const at = Math.round(SHADES * part);
    context.fillStyle = colours[at]!;
    context.fillRect(left, top, width, height);
    if (height < NUMBER_FROM) return;
    const text = write(sum);
    if (width < text.length * 6.2 + 3 || !/[1-9]/.test(text)) return;
    context.fillStyle = inkOn(shades[at]!);
    context.fillText(text, left + width / 2, top + height / 2 + 0.5);
  };
  const gap = (length: number): number =>
    length >= 14 ? 1 : length >= 4 ? 0.5 : 0;
  const [rows, columns] = [rowsOf(frame), columnsOf(frame)];
  others.rows.forEach((sum, group) => {
    const [low, high] = [cut.edge[group]!, cut.edge[group + 1]!];
    const down = Math.abs(sum) > TINY && visible(rows, low, high);
    if (!down) return;
    const height = down[1] - down[0];
    const thick = Math.max(height - gap(height), 0.5);
    cell(sum, [x, down[0], width, thick]);
  });
  others.columns?.forEach((sum, group) => {
    const { edge } = cut.columns;
    const across =
      Math.abs(sum) > TINY && visible(columns, edge[group]!, edge[group + 1]!);
    if (!across) return;
    const width = across[1] - across[0];
    const thick = Math.max(width - gap(width), 0.5);
    cell(sum, [across[0], y, thick, size]);
  });
}

/** Hairlines between the sub-blocks of a zoomed group. */
export function drawGrid(
  context: CanvasRenderingContext2D,
  frame: Frame,
): void {
  const { blocks, tree, layout, palette, window } = frame;
  if (!blocks || layout.matrix.size / window.span >= TRUE_CELLS) return;
  const { x, y, size } = layout.matrix;
  const [rows, columns] = [rowsOf(frame), columnsOf(frame)];
  const edges = new Set(blocks.nodes.flatMap((node) => placesOf(tree, node)));
  context.strokeStyle = palette.hairline;
  context.lineWidth = 1;
  context.beginPath();
  for (const edge of edges) {
    context.moveTo(x, rows.at(edge));
    context.lineTo(x + size, rows.at(edge));
    context.moveTo(columns.at(edge), y);
    context.lineTo(columns.at(edge), y + size);
  }
  context.stroke();
}

/** At the upper right of the sub-blocks, while cells have no numbers. */
export function drawTotals(
  context: CanvasRenderingContext2D,
  frame: Frame,
): void {
  const { blocks, tree, layout, palette, window } = frame;
  if (!blocks || layout.matrix.size / window.span >= TRUE_CELLS) return;
  const { nodes, totals } = blocks;
  const places = (node: number) => placesOf(tree, node);
  const [rows, columns] = [rowsOf(frame), columnsOf(frame)];
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = palette.background;
  nodes.forEach((node, row) => {
    const down = visible(rows, ...places(node));
    if (!down || down[1] - down[0] < TOTAL_HEIGHT) return;
    nodes.forEach((other, column) => {
      const count = totals[row * nodes.length + column]!;
      const across = visible(columns, ...places(other));
      if (!count || !across || across[1] - across[0] < TOTAL_WIDTH) return;
      const isOwn = row === column;
      context.font = `${isOwn ? "600 " : ""}11px ${FONT}`;
      context.fillStyle = isOwn ? palette.ink : palette.muted;
      const at = [across[1] - 4, down[0] + 9] as const;
      context.strokeText(whole(count), ...at);
      context.fillText(whole(count), ...at);
    });
  });
}
