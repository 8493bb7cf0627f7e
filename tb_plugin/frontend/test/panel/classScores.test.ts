import { expect, test } from "vitest";
import { readEpoch } from "../../src/confusion/cells.ts";
import { pOfExcess } from "../../src/confusion/chance/countTest.ts";
import {
  arrange,
  findSinks,
  scoreClasses,
} from "../../src/panel/classes/classScores.ts";
import { encode, pets, petsEpoch } from "../pets.ts";

test("a table of the pets, by hand", () => {
  const of = scoreClasses(petsEpoch.sums, pets.leaves, pets.leaves);
  // In the order of the tree: pug, husky, tabby, bus.
  expect([...of.samples]).toEqual([10, 10, 10, 10]);
  expect([...of.recall]).toEqual([0.8, 0.6, 0.9, 0.9]);
  expect([...of.rank]).toEqual([3, 4, 1, 1]);
  expect([...of.over]).toEqual([1.1, 0.8, 1.1, 1]);
  expect(of.precision[0]).toBeCloseTo(8 / 11);
  // Wilson, of 8 of 10.
  expect(of.low[0]).toBeCloseTo(0.4902, 4);
  expect(of.high[0]).toBeCloseTo(0.9433, 4);
});

test("ranks are among all, whatever is listed", () => {
  const dogs = pets.leaves.slice(0, 2);
  expect([...scoreClasses(petsEpoch.sums, dogs, pets.leaves).rank]).toEqual([
    3, 4,
  ]);
});

test("a class without samples has no recall, no rank and no 0 %", () => {
  // Bus: no samples, but once predicted.
  const epoch = readEpoch(
    encode(4, [0, 2, 1, 1], [0, 0, 1, 2], [1, 6, 8, 9]),
    pets,
  );
  const bus = pets.leaves[3]!;
  const of = scoreClasses(epoch.sums, Int32Array.of(bus), pets.leaves);
  for (const values of [of.recall, of.low, of.high, of.over, of.rank]) {
    expect(values[0]).toBeNaN();
  }
  expect(of.samples[0]).toBe(0);
});

test("an excess of errors is tested by the toss of a coin", () => {
  // Of 10 all: 1 / 1024; 8 or more: 56 / 1024; 0 or more: certain.
  expect(pOfExcess(10, 0)).toBeCloseTo(1 / 1024, 10);
  expect(pOfExcess(8, 2)).toBeCloseTo(56 / 1024, 10);
  expect(pOfExcess(5, 5)).toBeCloseTo(638 / 1024, 10);
  expect(pOfExcess(0, 10)).toBeCloseTo(1, 10);
  expect(pOfExcess(0, 0)).toBe(1);
});

/** Classes with so many errors into and out of each. */
function sinksOf(errors: readonly (readonly [to: number, from: number])[]) {
  const sums = {
    support: Float64Array.from(errors, ([, from]) => 10 + from),
    predictedCount: Float64Array.from(errors, ([to]) => 10 + to),
    truePositives: new Float64Array(errors.length).fill(10),
    correct: new Float64Array(errors.length),
  };
  return [...findSinks(sums, Int32Array.from(errors.keys()))];
}

test("few more predictions than samples are no sink", () => {
  // Alone p = 0.0107 of 9 of 10, or 0.055 of 8 of 10.
  expect(sinksOf([[9, 1]])).toEqual([1]);
  expect(sinksOf([[8, 2]])).toEqual([0]);
  // Of two samples taken for five: nothing, p = 0.11 at the least.
  expect(sinksOf([[3, 0]])).toEqual([0]);
  // Among ten others 9 of 10 is no news, 40 of 45 is.
  const others = Array.from({ length: 10 }, () => [5, 5] as const);
  expect(sinksOf([[9, 1], [40, 5], ...others]).slice(0, 2)).toEqual([0, 1]);
  expect(sinksOf([[1, 40]])).toEqual([0]);
});

test("classes without a value come last either way", () => {
  const values = Float64Array.of(0.5, Number.NaN, 0.2, 0.5, 0.9);
  expect([...arrange(values, true)]).toEqual([2, 0, 3, 4, 1]);
  expect([...arrange(values, false)]).toEqual([4, 0, 3, 2, 1]);
});
