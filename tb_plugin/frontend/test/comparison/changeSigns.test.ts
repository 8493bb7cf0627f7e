/** What a cell of a comparison says to who sees no hue. */

import { expect, test } from "vitest";
import { makeChangeScale } from "../../src/colour/changeScale.ts";
import { drawChangeNumbers } from "../../src/comparison/drawChanges.ts";
import { UNTESTED } from "../../src/confusion/pairs.ts";
import type { DrawnChange, Frame } from "../../src/matrix/canvas/frame.ts";
import type { Axis } from "../../src/matrix/canvas/rasterise.ts";
import { LIGHT } from "../../src/ui/colours.ts";

/** One row of cells, all of one change: from chance, beyond, not tested. */
function drawn(side: number, change: number, ratio = 1): string[] {
  const said: string[] = [];
  const context = {
    font: "",
    fillText: (text: string) =>
      said.push(context.font.startsWith("600") ? `bold ${text}` : text),
    fillRect: (x: number, y: number, width: number, height: number) =>
      said.push([x, y, width, height].join(" ")),
  };
  const places = [0, 1, 2, 3];
  const axis = {
    low: Int32Array.from(places, (at) => at * side * ratio),
    high: Int32Array.from(places, (at) => (at + 1) * side * ratio),
  } as Axis;
  drawChangeNumbers(
    context as unknown as CanvasRenderingContext2D,
    { layout: { matrix: { x: 100, y: 50 } }, palette: LIGHT } as Frame,
    {
      changes: {
        size: 1,
        diagonal: Float64Array.of(0),
        rowStart: Uint32Array.of(0, 3),
        column: Uint16Array.of(1, 2, 3),
        change: Float64Array.of(change, change, change),
      },
      chance: {
        isDiagonalBeyond: Uint8Array.of(0),
        isBeyond: Uint8Array.of(0, 1, UNTESTED),
      },
      hidesChance: false,
      scale: makeChangeScale(20, false, LIGHT),
    } as unknown as DrawnChange,
    axis,
    axis,
    ratio,
  );
  return said;
}

test("a number has weight beyond chance, and there alone", () => {
  expect(drawn(30, -12)).toEqual(["−12", "bold −12", "−12"]);
});

test("where it does not fit, a sign says what is beyond chance", () => {
  // The cell of 19 pixels and a gap from 140 on has its middle at 149.
  expect(drawn(20, -120)).toEqual(["147 59 5 1"]);
  expect(drawn(20, 120)).toEqual(["147 59 5 1", "149 57 1 5"]);
  // A small change has no number, and is one all the same.
  expect(drawn(20, 2)).toEqual(["147 59 5 1", "149 57 1 5"]);
  // Smaller cells have smaller ones, and marks have none.
  expect(drawn(7, 120)).toEqual(["116 53 3 1", "117 52 1 3"]);
  expect(drawn(5, 120)).toEqual([]);
});

test("a sign is as large on a finer display", () => {
  expect(drawn(7, -120, 2)).toEqual(["116 53 3 1"]);
});
