import { describe, expect, test } from "vitest";
import { boxesOf } from "../../src/matrix/canvas/icicle.ts";
import { between } from "../../src/matrix/gestures/zoom.ts";
import {
  cornerOf,
  HEADROOM,
  headroomForNames,
  layoutFor,
  REMAINDER,
} from "../../src/state/pageLayout.ts";
import { pets } from "../pets.ts";

test("the drawn sizes are met", () => {
  const wide = layoutFor(1440, 900);
  expect(wide.matrix).toEqual({ x: 406, y: 117, size: 636 });
  expect(wide.panel).toEqual({ x: 1100, width: 340 });
  expect(wide.timeline.y).toBe(796);
  const small = layoutFor(1024, 768);
  expect(small.matrix).toEqual({ x: 198, y: 117, size: 504 });
  expect(small.panel.width).toBe(264);
  expect(small.rowLabels).toBeNull();
});

describe.each([
  [1440, 900],
  [1024, 768],
  [2560, 1376],
])("at %i x %i", (width, height) => {
  const {
    matrix,
    panel,
    rightBars,
    lowerBars,
    caption,
    rowLabels: gutter,
    columns,
    timeline: strip,
  } = layoutFor(width, height);

  test("nothing overlaps and nothing leaves the page", () => {
    expect(matrix.size).toBe(Math.min(height - 264, panel.x - 238));
    expect(rightBars.x + rightBars.width).toBeLessThan(panel.x);
    expect(lowerBars.y + lowerBars.height).toBeLessThanOrEqual(caption.y);
    expect(strip.y + strip.height).toBe(height);
    expect(panel.x + panel.width).toBe(width);
    expect(columns[3]).toBeLessThan(gutter?.x ?? matrix.x);
    if (gutter) {
      expect(gutter.nameWidth).toBeGreaterThanOrEqual(100);
      expect(gutter.x + gutter.nameWidth).toBeLessThan(gutter.recall - 20);
    }
  });
});

test("a group that is the same in two columns is drawn once, across both", () => {
  const [coarse, middle] = [pets.levels[0]!.nodes, pets.levels[1]!.nodes];
  const boxes = boxesOf(pets, [coarse, middle, middle]);
  expect(boxes.map(({ node, from, to }) => [node, from, to])).toEqual([
    [1, 0, 1],
    [7, 0, 3],
    [2, 1, 3],
  ]);
});

test("narrow pages give names of rows what the tree does not need", () => {
  // The matrix begins at 1024 - 264 - 58 - (704 - 264) = 262; lines to the
  // ticks end at 262 - 9 and take 18, numbers end at 232 and take 31.
  const left = (...columns: [number, number] | []) => {
    const trees = columns.length ? { columns } : {};
    const layout = layoutFor(1024, 704, 0, "one", 0, false, trees);
    return [layout.columns, layout.rowLabels];
  };
  const label = { leader: 235, recall: 232 };
  // 201 - 12 - 95 - 10 = 84 px are left for names.
  expect(left(20, 75)).toEqual([
    [12, 32, 107, 107],
    { ...label, x: 117, nameWidth: 84 },
  ]);
  expect(left(20, 0)).toEqual([
    [21, 41, 41, 41],
    { ...label, x: 51, nameWidth: 150 },
  ]);
  expect(left(0, 0)[1]).toEqual({ ...label, x: 51, nameWidth: 150 });
  // 79 px are too few for names; three columns leave none.
  const alone = [[12, 32, 159, 253], null];
  expect([left(20, 80), left()]).toEqual([alone, alone]);
});

test("tree and names stand beside the matrix, wherever that is", () => {
  // 2560 - 440 - 58 - 1112 = 950: names end at 950 - 9 - 18 - 3 - 31 = 889.
  const large = layoutFor(2560, 1376);
  expect(large.columns).toEqual([443, 463, 603, 729]);
  expect(large.rowLabels).toMatchObject({ x: 739, nameWidth: 150 });
  expect(cornerOf(large)).toBe(443);
  // A column of upright names takes 20 px; above it the legend has its room.
  const one = { columns: [20, 0] as const };
  const usual = layoutFor(1440, 836, 0, "one", 0, false, one);
  expect(usual.columns).toEqual([229, 249, 249, 249]);
  expect(cornerOf(usual)).toBe(138);
});

test("a group of one class has a box in the first column only", () => {
  // Cat is tabby alone, car is bus alone.
  const [coarse, middle, classes] = pets.levels.map(({ nodes }) => nodes);
  const boxes = boxesOf(pets, [coarse!, middle!, classes!]);
  expect(boxes.map(({ node, from, to }) => [node, from, to])).toEqual([
    [1, 0, 1],
    [7, 0, 2],
    [2, 1, 2],
  ]);
});

test("a zoom keeps one place of the screen where it is", () => {
  const from = { x: 0, y: 0, span: 1000 };
  const to = { x: 100, y: 300, span: 100 };
  // x = 0 + f 1000 = 100 + f 100 at f = 1/9.
  for (const t of [0, 0.3, 0.7, 1]) {
    const { x, span } = between(from, to, t);
    expect(x + span / 9).toBeCloseTo(1000 / 9);
  }
  expect(between(from, to, 1)).toEqual(to);
  const panned = between(from, { ...from, x: 50 }, 0.5);
  expect(panned).toEqual({ x: 25, y: 0, span: 1000 });
});

test("names above the columns have as much room as they need, and there is", () => {
  // 117 - 10 - 62 = 45 px lie between bar and ticks; leader and gaps take 24.
  expect([20, 40, 200].map((px) => headroomForNames(px, 0, 200))).toEqual([
    6, 30, 54,
  ]);
  expect(headroomForNames(60, 2, 84)).toBe(84);
  expect(headroomForNames(60, 2, 83)).toBe(60);
});

test("what is left out of two matrices has room beside each", () => {
  const place = layoutFor(1024, 768, HEADROOM, "twins", REMAINDER);
  const { matrix, remainder, sideBySide: twin, caption } = place;
  expect(remainder.x).toBeGreaterThan(matrix.x + matrix.size);
  expect(remainder.x + remainder.width).toBeLessThan(matrix.x + twin);
  expect(remainder.x + remainder.width + twin).toBeLessThanOrEqual(1024 - 12);
  expect(remainder.y + remainder.size + 16).toBeLessThanOrEqual(caption.y);
});
