import { expect, test } from "vitest";
import { barNodes, endAbove } from "../../src/state/comparison/barsEnd.ts";

test("bars end at a round change at or above the largest", () => {
  expect(endAbove(0)).toBe(0.2);
  expect(endAbove(0.2)).toBe(0.2);
  expect(endAbove(0.21)).toBe(0.3);
  expect(endAbove(0.3 + 1e-12)).toBe(0.3);
  expect(endAbove(0.72)).toBe(0.8);
  expect(endAbove(1)).toBe(1);
});

test("where there are too many groups, those with names have bars", () => {
  const [all, named] = [Int32Array.of(1, 2, 3, 4), Int32Array.of(1)];
  expect(barNodes(all, named, 8)).toBe(all);
  expect(barNodes(all, named, 7)).toBe(named);
});
