import { expect, test } from "vitest";
import type { Cells } from "../../src/confusion/cells.ts";
import {
  type Bounds,
  beyond,
  moved,
  type Spot,
  strongest,
} from "../../src/matrix/gestures/cursorPosition.ts";

// Five rows. Row 0: columns 3 and 1, as unsorted as reordering leaves them.
// Row 1: nothing. Row 2: column 4. Row 3: column 0. Row 4: nothing.
const cells: Cells = {
  size: 5,
  rowStart: Uint32Array.of(0, 2, 2, 3, 4, 4),
  row: Uint16Array.of(0, 0, 2, 3),
  column: Uint16Array.of(3, 1, 4, 0),
  count: Uint32Array.of(5, 2, 9, 1),
  weakestFirst: Uint32Array.of(3, 1, 0, 2),
  diagonal: new Float64Array(5),
};
const all: Bounds = { rows: [0, 5], columns: [0, 5] };
const at = (row: number, column: number): Spot => ({ row, column });

test("left and right stop at what a row holds, and at its own place", () => {
  expect(moved(cells, at(0, 0), "right", all)).toEqual(at(0, 1));
  expect(moved(cells, at(0, 1), "right", all)).toEqual(at(0, 3));
  expect(moved(cells, at(0, 3), "left", all)).toEqual(at(0, 1));
  expect(moved(cells, at(0, 3), "right", all)).toEqual(at(0, 3));
  expect(moved(cells, at(0, 1), "last", all)).toEqual(at(0, 3));
  expect(moved(cells, at(0, 1), "first", all)).toEqual(at(0, 0));
});

test("up and down go to the nearest column of the next row", () => {
  expect(moved(cells, at(0, 3), "down", all)).toEqual(at(1, 1));
  expect(moved(cells, at(1, 1), "down", all)).toEqual(at(2, 2));
  expect(moved(cells, at(3, 0), "up", all)).toEqual(at(2, 2));
  expect(moved(cells, at(0, 1), "up", all)).toEqual(at(0, 1));
});

test("what is out of sight is passed over", () => {
  const right: Bounds = { rows: [0, 5], columns: [3, 5] };
  expect(moved(cells, at(0, 3), "left", right)).toEqual(at(0, 3));
  // Rows 1 and 4 show nothing there: their own places lie elsewhere, or do.
  expect(moved(cells, at(0, 3), "down", right)).toEqual(at(2, 4));
  expect(moved(cells, at(2, 4), "down", right)).toEqual(at(3, 3));
});

test("it begins at the strongest cell in sight", () => {
  expect(strongest(cells, all)).toEqual(at(2, 4));
  expect(strongest(cells, { rows: [0, 2], columns: [0, 5] })).toEqual(at(0, 3));
  const empty: Bounds = { rows: [4, 5], columns: [4, 5] };
  expect(strongest(cells, empty)).toEqual(at(4, 4));
});

test("where rows and columns are others, no cell is a row's own", () => {
  // Six columns: as many as there are makes no difference.
  const apart: Cells = { ...cells, width: 6 };
  const wide: Bounds = { rows: [0, 5], columns: [0, 6] };
  expect(moved(apart, at(0, 1), "first", wide)).toEqual(at(0, 1));
  // Row 1 has nothing, not even a place.
  expect(moved(apart, at(0, 3), "down", wide)).toEqual(at(2, 4));
  expect(strongest(apart, { rows: [1, 2], columns: [2, 4] })).toEqual(at(1, 2));
});

test("the corner of a rectangle goes on by one, and stays in sight", () => {
  const bounds = { rows: [1, 4], columns: [0, 5] } as const;
  expect(beyond(at(2, 4), "up", bounds)).toEqual(at(1, 4));
  expect(beyond(at(1, 4), "up", bounds)).toEqual(at(1, 4));
  expect(beyond(at(3, 3), "down", bounds)).toEqual(at(3, 3));
  expect(beyond(at(2, 3), "right", bounds)).toEqual(at(2, 4));
  expect(beyond(at(2, 4), "right", bounds)).toEqual(at(2, 4));
  expect(beyond(at(2, 3), "first", bounds)).toEqual(at(2, 0));
  expect(beyond(at(2, 3), "last", bounds)).toEqual(at(2, 4));
});
