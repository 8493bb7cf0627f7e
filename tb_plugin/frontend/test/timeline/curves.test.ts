import { expect, test } from "vitest";
import { nearestReadable } from "../../src/loading/nearestEpoch.ts";
import {
  curvesOf,
  spacedLevels,
  stepTicks,
} from "../../src/timeline/curves.ts";
import { shareBeside } from "../../src/timeline/Thresholds.tsx";

const points = [
  { step: 1, accuracy: [0.5, 0.2], nodes: [{ recall: 0.4, precision: null }] },
  { step: 2, error: "corrupt" },
  { step: 3, accuracy: [0.9, 0.6], nodes: [{ recall: 0.8, precision: 0.7 }] },
];

test("an unreadable epoch leaves a gap, not a zero", () => {
  const levels = [{ groups: 4 }, { groups: 1000 }];
  const curves = curvesOf(
    points,
    levels,
    [9],
    { node: 9, name: "dog" },
    "classes",
  );
  expect(curves.map(({ name }) => name)).toEqual([
    "4 groups",
    "1,000 classes",
    "dog recall",
    "dog precision",
  ]);
  expect(curves[0]!.points).toEqual([
    { step: 1, share: 0.5 },
    { step: 3, share: 0.9 },
  ]);
  expect(curves[3]!.points).toEqual([{ step: 3, share: 0.7 }]);
});

test("what follows an epoch without a value is marked, and no more", () => {
  const recalls = [null, 0.1, null, null, 0.2, 0.3];
  const found = curvesOf(
    recalls.map((recall, i) => ({
      step: i + 1,
      nodes: [{ recall, precision: 0.5 }],
    })),
    [],
    [9],
    { node: 9, name: "dog" },
    "classes",
  );
  expect(found[0]!.points).toEqual([
    { step: 2, share: 0.1 },
    { step: 5, share: 0.2, isAfterGap: true },
    { step: 6, share: 0.3 },
  ]);
  expect(found[1]!.points.some(({ isAfterGap }) => isAfterGap)).toBe(false);
});

test("of one class there is one class", () => {
  const [only] = curvesOf([], [{ groups: 1 }], [], null, "classes");
  expect(only!.name).toBe("1 class");
});

test("what chance would give is known where kappa is", () => {
  const levels = [{ groups: 2 }, { groups: 6 }];
  const found = curvesOf(
    [{ step: 1, accuracy: [0.8, 1], kappa: [0.6, 1] }],
    levels,
    [],
    null,
    "classes",
  );
  expect(found[0]!.points[0]!.chance).toBeCloseTo(0.5, 12);
  expect(found[1]!.points[0]!.chance).toBeUndefined();
});

test("the level on screen has a curve of its own kind", () => {
  const levels = [4, 16, 24, 63, 101].map((groups) => ({ groups }));
  const curves = curvesOf([], levels, [], null, "classes", 1);
  expect(curves.map(({ name, isChosen }) => [name, isChosen])).toEqual([
    ["4 groups", false],
    ["16", true],
    ["24", false],
    ["101 classes", false],
  ]);
});

test("curves of another node are not taken for the selection's", () => {
  const curves = curvesOf(
    points,
    [{ groups: 2 }],
    [9],
    {
      node: 8,
      name: "cat",
    },
    "groups",
  );
  expect(curves.map(({ kind }) => kind)).toEqual(["level"]);
});

test("ticks are round numbers, and both ends", () => {
  expect(stepTicks(1, 50, 6)).toEqual([1, 10, 20, 30, 40, 50]);
  expect(stepTicks(1, 3, 6)).toEqual([1, 2, 3]);
  expect(stepTicks(7, 7, 6)).toEqual([7]);
});

test("of many levels the coarsest and every other are drawn", () => {
  expect(spacedLevels(3)).toEqual([0, 1, 2]);
  expect(spacedLevels(6)).toEqual([0, 1, 3, 5]);
  expect(spacedLevels(5)).toEqual([0, 2, 4]);
  // The one on screen is not left out.
  expect(spacedLevels(6, 2)).toEqual([0, 1, 2, 3, 5]);
  expect(spacedLevels(6, 3)).toEqual([0, 1, 3, 5]);
});

test("beside an unreadable epoch the nearest is offered, the later of two", () => {
  const readable = [{ step: 1 }, { step: 3 }, { step: 9 }];
  expect(nearestReadable(readable, 2)).toBe(3);
  expect(nearestReadable(readable, 7)).toBe(9);
  expect(nearestReadable([], 2)).toBeNull();
});

test("the band of a set of runs is a standard deviation to either side", () => {
  const levels = [{ groups: 4 }, { groups: 1000 }];
  const of = (spread: (number | null)[]) =>
    curvesOf(
      [
        {
          step: 1,
          runs: 3,
          samples: 3000,
          accuracy: [0.99, 0.7],
          spread,
          nodes: [
            {
              recall: 0.4,
              precision: null,
              actual: 300,
              predicted: 0,
              spread: { recall: 0.03, precision: null },
            },
          ],
        },
      ],
      levels,
      [9],
      { node: 9, name: "dog" },
      "classes",
    ).map(({ points: [at] }) => at?.within);
  const [groups, classes, recall, precision] = of([0.02, 0.01]);
  // No share is more than all.
  expect(groups).toEqual({ low: 0.97, high: 1 });
  expect(classes!.low).toBeCloseTo(0.69, 12);
  expect(classes!.high).toBeCloseTo(0.71, 12);
  expect(recall!.high).toBeCloseTo(0.43, 12);
  expect(precision).toBeUndefined();
  // And none of samples in its place, where runs have no spread.
  expect(of([null, null])[1]).toBeUndefined();
});

test("levels that have names are called by them", () => {
  const levels = [
    { groups: 5, name: "department" },
    { groups: 20, name: "superclass" },
    { groups: 50, name: "" },
    { groups: 100, name: "" },
  ];
  const point = { step: 1, accuracy: [0.9, 0.8, 0.7, 0.6] };
  const found = curvesOf([point], levels, [], null, "classes", 1);
  expect(found.map(({ name }) => name)).toEqual([
    "department (5)",
    "superclass (20)",
    "50",
    "100 classes",
  ]);
  // A name is cut, and not the number: two may be called alike.
  expect(found.map(({ end }) => end)).toEqual([" (5)", " (20)", "", ""]);
});

test.each([
  [0.874, 0.9, "87 %"],
  [0.8949, 0.9, "89 %"],
  // Rounded, it would read as the limit.
  [0.896, 0.9, "89.6 %"],
  [0.8996, 0.9, "<90 %"],
  [0.999, 1, ">99 %"],
  [-0.034, 0.9, "−3 %"],
  // And above it.
  [0.934, 0.9, "93 %"],
  [0.903, 0.9, "90.3 %"],
  [0.9004, 0.9, "≥90 %"],
  [0.9, 0.9, "≥90 %"],
])("%f beside a limit of %f reads %s", (share, limit, text) => {
  expect(shareBeside(share, limit)).toBe(text);
});

test("whatever the limit, a share below it does not read as it", () => {
  for (let limit = 1; limit <= 100; limit++) {
    const read = shareBeside(limit / 100 - 0.001, limit / 100);
    expect(Number(read.replace(" %", ""))).not.toBe(limit);
  }
});
