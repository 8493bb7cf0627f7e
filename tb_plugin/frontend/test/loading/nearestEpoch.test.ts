import { expect, test } from "vitest";
import { samePlace } from "../../src/loading/nearestEpoch.ts";

const epochsOf = (...steps: number[]) => steps.map((step) => ({ step }));
const fifty = epochsOf(...Array.from({ length: 50 }, (_, i) => i + 1));
const five = epochsOf(10, 20, 30, 40, 50);

test.each([
  ["last stays last", five, 50, epochsOf(1, 2, 3), 3],
  ["of one epoch it is the last", epochsOf(1), 1, fifty, 50],
  ["the same number", fifty, 20, five, 20],
  ["the nearest number", fifty, 13, five, 10],
  ["the nearest of what is shorter", fifty, 30, epochsOf(1, 2, 3), 3],
  ["the first where nothing is earlier", fifty, 2, five, 10],
  ["nothing is shown yet: the last", [], 0, five, 50],
])("another run, %s", (_, shown, step, there, expected) => {
  expect(samePlace(shown, step, there)?.step).toBe(expected);
});

test("an epoch that cannot be read is shown where it is asked for", () => {
  const there = [{ step: 1 }, { step: 2, error: "cut short" }, { step: 3 }];
  expect(samePlace(fifty, 2, there)?.step).toBe(2);
  const damaged = [{ step: 4, error: "cut short" }];
  expect(samePlace(fifty, 50, damaged)?.step).toBe(4);
  expect(samePlace(fifty, 50, [...there, ...damaged])?.step).toBe(3);
  expect(samePlace(fifty, 50, [])).toBeUndefined();
});
