import { expect, test } from "vitest";
import { beyondChance } from "../../src/confusion/agreement.ts";

test("a share beyond chance is 0 for a guess and 1 for all right", () => {
  // Of a group that 60 % of all predictions name.
  expect(beyondChance(0.6, 0.6)).toBe(0);
  expect(beyondChance(1, 0.6)).toBe(1);
  expect(beyondChance(0.9, 0.6)).toBeCloseTo(0.75, 12);
  expect(beyondChance(0.3, 0.6)).toBeCloseTo(-0.75, 12);
  // Of one that nothing names.
  expect(beyondChance(0.9, 0)).toBe(0.9);
});

test("where all predictions name one group nothing is beyond chance", () => {
  expect(beyondChance(1, 1)).toBeNull();
});
