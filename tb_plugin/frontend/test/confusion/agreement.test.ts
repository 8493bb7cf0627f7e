import { expect, test } from "vitest";
import {
  beyondChance,
  chanceBehind,
  guessedRight,
} from "../../src/confusion/agreement.ts";
import type { Epoch } from "../../src/confusion/cells.ts";

test("a share beyond chance is 0 for a guess and 1 for all right", () => {
  // Of a group that 60 % of all predictions name.
  expect(beyondChance(0.6, 0.6)).toBe(0);
  expect(beyondChance(1, 0.6)).toBe(1);
  expect(beyondChance(0.9, 0.6)).toBeCloseTo(0.75, 12);
  expect(beyondChance(0.3, 0.6)).toBeCloseTo(-0.75, 12);
  // Of one that nothing names.
  expect(beyondChance(0.9, 0)).toBe(0.9);
  // Where all predictions name one group.
  expect(beyondChance(1, 1)).toBe(0);
});

test("guesses in the proportions of all predictions", () => {
  // Of ten samples six and four, named five times each: 0.3 + 0.2.
  const epoch = {
    total: 10,
    sums: { support: [10, 6, 4], predictedCount: [10, 5, 5] },
  } as unknown as Epoch;
  expect(guessedRight(Int32Array.of(1, 2), epoch)).toBeCloseTo(0.5, 12);
  expect(guessedRight(Int32Array.of(0), epoch)).toBe(1);
});

test("chance is what a share and its kappa leave", () => {
  expect(chanceBehind(0.8, 0.6)).toBeCloseTo(0.5, 12);
  expect(chanceBehind(0.5, 0)).toBe(0.5);
  // All are right, whatever guesses would be.
  expect(chanceBehind(1, 1)).toBeUndefined();
});
