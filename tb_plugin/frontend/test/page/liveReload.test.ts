import { expect, test } from "vitest";
import { latestOf, nextLook } from "../../src/page/liveReload.ts";

test("it looks again after half an epoch", () => {
  // Epochs of 40, 42 and 30 seconds: the middle one is 40.
  expect(nextLook([0, 40, 82, 112], 113, false)).toBe(20);
});

test("it asks a run that has ended once a minute at most", () => {
  expect(nextLook([0, 10, 20], 20 + 3600, false)).toBe(60);
  expect(nextLook([0, 10, 20], 20 + 200, false)).toBe(10);
});

test("it asks soon while there is nothing, or no answer", () => {
  expect(nextLook([], 0, false)).toBe(5);
  expect(nextLook([0, 100, 200], 9999, true)).toBe(5);
});

test("quick epochs, and clocks that go wrong, do not hurry it", () => {
  expect(nextLook([0, 0.1, 0.2], 0.3, false)).toBe(5);
  expect(nextLook([500, 510], 0, false)).toBe(5);
});

test("beside a run that has ended it keeps pace with the one that trains", () => {
  expect(latestOf([0, 10, 20], [15, 45, 75])).toEqual([15, 45, 75]);
  expect(latestOf([0, 10, 80], [15, 45, 75])).toEqual([0, 10, 80]);
  // Nothing is compared, or nothing is shown yet.
  expect(latestOf([0, 10], [])).toEqual([0, 10]);
  expect(latestOf([], [0, 10])).toEqual([]);
});
