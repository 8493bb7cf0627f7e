import { expect, test } from "vitest";
import { collapse } from "../../src/confusion/cells.ts";
import { makeScale } from "../../src/confusion/cellValues.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import { axisOf, rasterise } from "../../src/matrix/canvas/rasterise.ts";
import { cellAt } from "../../src/matrix/gestures/hitTest.ts";
import { layoutFor } from "../../src/state/pageLayout.ts";
import { pets, petsEpoch } from "../pets.ts";

const cut = makeCut(pets, pets.levels[2]!.nodes);
const errors = collapse(petsEpoch.cells, cut, true);
const scale = makeScale("count", petsEpoch.sums, cut, {
  counts: ["#000000", "#ffffff"],
});

function draw(side: number, perPlace: number, from = 0): Uint32Array {
  const pixels = new Uint32Array(side * side);
  const axis = axisOf(cut.edge, from, perPlace, 1);
  rasterise(pixels, side, errors, axis, axis, scale);
  return pixels;
}

test("every nonzero cell leaves ink, however small the cells", () => {
  const perPlace = 0.7;
  const pixels = draw(8, perPlace);
  const axis = axisOf(cut.edge, 0, perPlace, 1);
  for (let row = 0; row < 4; row++) {
    for (let k = errors.rowStart[row]!; k < errors.rowStart[row + 1]!; k++) {
      const column = errors.column[k]!;
      let ink = false;
      for (let y = axis.markLow[row]!; y < axis.markHigh[row]!; y++) {
        for (let x = axis.markLow[column]!; x < axis.markHigh[column]!; x++) {
          if (x >= 0 && y >= 0 && pixels[y * 8 + x] !== 0) ink = true;
        }
      }
      expect(ink).toBe(true);
    }
  }
});

test("cells look the same whatever was drawn of them before", () => {
  const shares = makeScale("share", petsEpoch.sums, cut, {
    counts: ["#000000", "#ffffff"],
  });
  const paint = (of: typeof shares, from: number): Uint32Array => {
    const pixels = new Uint32Array(40 * 40);
    const axis = axisOf(cut.edge, from, 10, 1);
    rasterise(pixels, 40, errors, axis, axis, of);
    return pixels;
  };
  paint(shares, 2);
  expect(paint(shares, 0)).toEqual(paint({ ...shares }, 0));
});

test("a single error is drawn at 80 % opacity, more at full", () => {
  const pixels = draw(40, 10);
  const alpha = (row: number, column: number): number =>
    pixels[(row * 10 + 4) * 40 + column * 10 + 4]! >>> 24;
  expect(alpha(1, 2)).toBe(0xcc);
  expect(alpha(0, 1)).toBe(0xff);
  expect(alpha(0, 0)).toBe(0);
  expect(alpha(0, 3)).toBe(0);
});

test("what lies outside the window is clipped, not wrapped", () => {
  const pixels = draw(20, 10, 2);
  // Rows and columns tabby and bus: one error each way.
  const inked = [...pixels.keys()].filter((i) => pixels[i] !== 0);
  const corner = (i: number): string =>
    `${Math.floor(i / 20) < 10 ? 0 : 1}${i % 20 < 10 ? 0 : 1}`;
  expect(new Set(inked.map(corner))).toEqual(new Set(["01", "10"]));
});

test("the pointer catches the nearest error within 3 pixels", () => {
  const layout = layoutFor(1440, 836);
  const { x, y, size } = layout.matrix;
  // Cells of about 3 pixels: four classes in a window of 200.
  const window = { x: 0, y: 0, span: 200 };
  const pixel = size / 200;
  const near = cellAt(
    layout,
    window,
    cut,
    errors,
    x + 2.9 * pixel,
    y + 1.5 * pixel,
  );
  expect(near).toEqual({ row: 1, column: 2 });
  expect(cellAt(layout, window, cut, errors, x - 1, y)).toBeNull();
  const large = { x: 0, y: 0, span: 4 };
  expect(
    cellAt(layout, large, cut, errors, x + size * 0.9, y + size * 0.1),
  ).toEqual({ row: 0, column: 3 });
});
