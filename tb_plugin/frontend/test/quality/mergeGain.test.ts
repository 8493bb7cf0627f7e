import { expect, test } from "vitest";
import { gainOf } from "../../src/quality/lists/QualityList.tsx";

// Of 40 samples 32 are right; 3 huskies are called pugs, 2 pugs huskies, and a
// husky a tabby.
const dogs = { a: 1, b: 2, a_as_b: 3, b_as_a: 2, expected: 0.5 };
const pets = { a: 0, b: 2, a_as_b: 1, b_as_a: 0, expected: 0.25 };

test("errors between two classes become right, both ways", () => {
  const { before, after, chance, pairs } = gainOf(32, 40, [dogs]);
  expect(before).toBe(32 / 40);
  expect(after).toBe(37 / 40);
  expect(chance).toBe(0.5 / 40);
  expect(pairs).toBe(1);
});

test("a class is merged once, with the pair of most evidence", () => {
  // Husky is in both pairs: merged for real, all three would be one class.
  const both = gainOf(32, 40, [dogs, pets]);
  expect(both).toEqual(gainOf(32, 40, [dogs]));
  expect(gainOf(32, 40, [pets, dogs])).toEqual(gainOf(32, 40, [pets]));
  const cars = { a: 3, b: 4, a_as_b: 1, b_as_a: 0, expected: 0.25 };
  const apart = gainOf(32, 40, [dogs, pets, cars]);
  expect(apart).toEqual({
    pairs: 2,
    before: 32 / 40,
    after: 38 / 40,
    chance: 0.75 / 40,
  });
});

test("nothing merged is nothing gained", () => {
  const { before, after, chance } = gainOf(32, 40, []);
  expect(after).toBe(before);
  expect(chance).toBe(0);
});
