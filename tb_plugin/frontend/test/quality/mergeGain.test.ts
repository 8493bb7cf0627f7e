import { expect, test } from "vitest";
import { gainOf } from "../../src/quality/data/mergeGain.ts";

// Of 40 samples 32 are right; 3 huskies are called pugs, 2 pugs huskies, and a
// husky a tabby.
const dogs = { a_as_b: 3, b_as_a: 2, expected: 0.5 };
const pets = { a_as_b: 1, b_as_a: 0, expected: 0.25 };

test("errors between two classes become right, both ways", () => {
  const { before, after, chance, pairs } = gainOf(32, 40, [dogs]);
  expect(before).toBe(32 / 40);
  expect(after).toBe(37 / 40);
  expect(chance).toBe(0.5 / 40);
  expect(pairs).toBe(1);
});

test("pairs that share a class have their own errors and their own chance", () => {
  const { after, chance } = gainOf(32, 40, [dogs, pets]);
  expect(after).toBe(38 / 40);
  expect(chance).toBe(0.75 / 40);
});

test("nothing merged is nothing gained", () => {
  const { before, after, chance } = gainOf(32, 40, []);
  expect(after).toBe(before);
  expect(chance).toBe(0);
});
