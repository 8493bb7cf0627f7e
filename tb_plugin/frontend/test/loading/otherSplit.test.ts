import { expect, test } from "vitest";
import { samePlace } from "../../src/loading/nearestEpoch.ts";
import { otherSplit, sameTree } from "../../src/loading/otherSplit.ts";
import { NO_EPOCH } from "../../src/state/page.ts";
import { within } from "../../src/timeline/curves.ts";

const of = (name: string, split: string, ...outputs: string[]) => ({
  run: split ? `${name}/${split}` : name,
  name,
  split,
  outputs,
});
const runs = [
  of("a", "test", "class"),
  of("a", "train", "class"),
  of("a", "validation", "class", "conv4"),
  of("b", "train", "class"),
];

test("training stands beside validation, and the other way round", () => {
  expect(otherSplit(runs, "a/validation", "class")?.run).toBe("a/train");
  expect(otherSplit(runs, "a/train", "class")?.run).toBe("a/validation");
  expect(otherSplit(runs, "a/test", "class")?.run).toBe("a/train");
});

test("only a split of the same run with the same output will do", () => {
  expect(otherSplit(runs, "a/validation", "conv4")).toBeNull();
  expect(otherSplit(runs, "b/train", "class")).toBeNull();
  expect(otherSplit(runs, "gone", "class")).toBeNull();
});

test("nodes are told by the last readable epoch's tree", () => {
  const epoch = (step: number, hierarchy: string, grouping = null) => ({
    step,
    wall_time: 0,
    hierarchy,
    grouping,
  });
  const bad = { step: 3, wall_time: 0, error: "truncated" };
  expect(sameTree([epoch(1, "f0"), bad], [epoch(9, "f0")])).toBe(true);
  expect(sameTree([epoch(1, "f0")], [epoch(1, "f0"), epoch(2, "ee")])).toBe(
    false,
  );
  expect(sameTree([], [])).toBe(false);
});

test("a longer split does not leave the axis", () => {
  const points = [1, 2, 3, 4].map((step) => ({ step, share: step / 10 }));
  const curve = {
    name: "x",
    end: "",
    kind: "level" as const,
    fineness: 0,
    points,
  };
  expect(within(curve, 2, 3).points.map(({ step }) => step)).toEqual([2, 3]);
});

const LAST = NO_EPOCH;
const epochsOf = (...steps: number[]) => steps.map((step) => ({ step }));
const fifty = epochsOf(...Array.from({ length: 50 }, (_, i) => i + 1));
const five = epochsOf(10, 20, 30, 40, 50);

test.each([
  ["the same number", 20, five, 20],
  ["which may be that of the last", 50, fifty, 50],
  ["the nearest number", 13, five, 10],
  ["the first where nothing is earlier", 2, five, 10],
  ["the last of what is shorter, whichever that is", 30, epochsOf(1, 2), LAST],
  ["none where there is none", 30, [], LAST],
])("among other epochs, %s", (_, chosen, there, expected) => {
  expect(samePlace(chosen, there)).toBe(expected);
});

test("an epoch that cannot be read is shown where it is asked for", () => {
  const there = [{ step: 1 }, { step: 2, error: "cut short" }, { step: 3 }];
  expect(samePlace(2, there)).toBe(2);
  const damaged = [{ step: 4, error: "cut short" }];
  expect(samePlace(4, damaged)).toBe(4);
  expect(samePlace(5, damaged)).toBe(LAST);
  expect(samePlace(50, [...there, ...damaged])).toBe(LAST);
});
