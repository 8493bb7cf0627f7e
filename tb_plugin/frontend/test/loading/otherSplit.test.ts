import { expect, test } from "vitest";
import { otherSplit, sameTree } from "../../src/loading/otherSplit.ts";
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
