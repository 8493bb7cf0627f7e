// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { isMarked } from "../../src/timeline/curves.ts";
import { treeChanges } from "../../src/timeline/EpochMarks.tsx";
import { bandOf, pathOf } from "../../src/timeline/paths.ts";

const x = (step: number): number => 10 * step;
const y = (share: number): number => 100 - 100 * share;

test("no line joins values of different trees", () => {
  const points = [
    { step: 1, share: 0.5, tree: "a" },
    { step: 2, share: 0.6, tree: "a" },
    { step: 3, share: 0.1 },
    { step: 4, share: 0.2 },
  ];
  expect(pathOf(points, x, y)).toBe("M10 50L20 40M30 90L40 80");
  expect(pathOf([], x, y)).toBe("");
});

test("no line joins values across an epoch that has none", () => {
  const within = { low: 0.4, high: 0.6 };
  const at = (step: number, isAfterGap = false) => ({
    ...{ step, share: 0.5, within },
    ...(isAfterGap ? { isAfterGap } : {}),
  });
  const points = [at(1), at(2), at(4, true), at(6, true), at(7)];
  // The one between two gaps is a dash.
  expect(pathOf(points, x, y)).toBe("M10 50L20 50M40 50m-3 0h6M60 50L70 50");
  expect(bandOf(points, x, y)).toBe(
    "M10 40L20 40L20 60L10 60ZM60 40L70 40L70 60L60 60Z",
  );
});

test("of a single epoch a dash is drawn, its middle at the value", () => {
  expect(pathOf([{ step: 2, share: 0.5 }], x, y)).toBe("M20 50m-3 0h6");
});

test("a band runs along the upper ends and back along the lower ones", () => {
  const within = { low: 0.4, high: 0.6 };
  const points = [
    { step: 1, share: 0.5, within },
    { step: 2, share: 0.5 },
    { step: 3, share: 0.5, within },
  ];
  expect(bandOf(points, x, y)).toBe("M10 40L30 40L30 60L10 60Z");
  expect(bandOf(points.slice(0, 2), x, y)).toBe("");
});

test("trees change where an epoch has another than the one before", () => {
  const epoch = (step: number, hierarchy: string, rest = {}) => ({
    ...{ step, wall_time: 0, hierarchy, grouping: null },
    ...rest,
  });
  const changing = [
    epoch(1, "a"),
    epoch(2, "a"),
    { step: 3, wall_time: 0, error: "cut short" },
    epoch(4, "b"),
    epoch(5, "b", { grouping: "c" }),
    epoch(6, "a"),
  ];
  expect(treeChanges(changing)).toEqual([4, 5, 6]);
  expect(treeChanges([epoch(1, "a")])).toEqual([]);
  expect(treeChanges([])).toEqual([]);
  // Only where there is a mark the code of marks is asked for.
  expect(changing.map(isMarked)).toEqual([
    ...[false, false, true, true, true, false],
  ]);
  expect([epoch(1, "a"), epoch(2, "a")].some(isMarked)).toBe(false);
  expect([epoch(1, "a"), epoch(2, "a", { grouping: "c" })].some(isMarked)).toBe(
    true,
  );
});
