import { describe, expect, test } from "vitest";
import { boxesOf } from "../../src/matrix/canvas/icicle.ts";
import { between } from "../../src/matrix/gestures/zoom.ts";
import { headroomForNames, layoutFor } from "../../src/state/pageLayout.ts";
import { pets } from "../pets.ts";

test("the drawn sizes are met", () => {
  const wide = layoutFor(1440, 900);
  expect(wide.matrix).toEqual({ x: 388, y: 99, size: 654 });
  expect(wide.panel).toEqual({ x: 1100, width: 340 });
  expect(wide.timeline.y).toBe(796);
  const small = layoutFor(1024, 768);
  expect(small.matrix).toEqual({ x: 180, y: 99, size: 522 });
  expect(small.panel.width).toBe(264);
  expect(small.rowLabels).toBeNull();
});

describe.each([
  [1440, 836],
  [1440, 900],
  [1024, 704],
  [1024, 768],
  [1280, 720],
  [1920, 1016],
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
    expect(matrix.size).toBe(Math.min(height - 246, panel.x - 238));
    expect(rightBars.x + rightBars.width).toBeLessThan(panel.x);
    expect(lowerBars.y + lowerBars.height).toBeLessThanOrEqual(caption.y);
    expect(strip.y + strip.height).toBe(height);
    expect(panel.x + panel.width).toBe(width);
    expect(columns[3]).toBeLessThan(gutter?.x ?? matrix.x);
    if (gutter) {
      expect(gutter.nameWidth).toBeGreaterThanOrEqual(100);
      expect(gutter.x + gutter.nameWidth).toBeLessThan(gutter.classes - 20);
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
    [5, 1, 3],
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

describe("names above the columns of the whole matrix", () => {
  // 99 - 10 - 44 = 45 px lie between bar and ticks; leader and gaps take 24.
  test.each([
    [20, 0, 6],
    [40, 0, 30],
    [60, 0, 54],
    [200, 0, 54],
    [60, 1, 69],
    [60, 2, 84],
    [20, 2, 36],
  ])("of %i px beside %i rows of the tree take %i px", (longest, rows, px) => {
    expect(headroomForNames(longest, rows, 200)).toBe(px);
  });
});

test("without groups, names beside the rows have the room of the tree", () => {
  const { columns, rowLabels, matrix } = layoutFor(1440, 900);
  const flat = layoutFor(1440, 900, 0, "one", 0, false, { isFlat: true });
  expect(flat.columns).toEqual([12, 12, 12, 12]);
  expect(flat.matrix).toEqual(matrix);
  expect(columns[3]).toBe(178);
  // As far as 150 px from the numbers, and no farther.
  expect([rowLabels!.nameWidth, flat.rowLabels!.nameWidth]).toEqual([111, 150]);
  expect(flat.rowLabels!.x + 150).toBe(rowLabels!.x + rowLabels!.nameWidth);
  const narrow = layoutFor(1024, 768, 0, "one", 0, false, { isFlat: true });
  expect(narrow).toEqual(layoutFor(1024, 768));
});
