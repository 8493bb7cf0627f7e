import { expect, test } from "vitest";
import {
  intruding,
  missed,
  outsideOf,
  partsOf,
  sumBetween,
  topPairs,
} from "../src/confusions.ts";
import { pets, petsEpoch } from "./pets.ts";

const { cells, sums } = petsEpoch;
const [animal, dog, husky, tabby, car] = [1, 2, 4, 6, 7] as const;

test("errors between two groups, and answers within one", () => {
  expect(sumBetween(pets, petsEpoch, dog, tabby)).toBe(1);
  expect(sumBetween(pets, petsEpoch, tabby, dog)).toBe(0);
  expect(sumBetween(pets, petsEpoch, dog, dog)).toBe(19);
  // A class named as its own group: pug and husky as husky, and so on.
  expect(sumBetween(pets, petsEpoch, dog, husky)).toBe(2 + 6);
  expect(sumBetween(pets, petsEpoch, husky, dog)).toBe(3 + 6);
});

test("the pairs that touch a group, strongest first", () => {
  const { pairs, found } = topPairs(pets, cells, dog, dog, 2);
  expect(found).toBe(3);
  expect(pairs.map(({ count }) => count)).toEqual([3, 2]);
  const block = topPairs(pets, cells, animal, car, 9);
  expect(block.pairs).toEqual([{ row: 2, column: 3, count: 1 }]);
});

test("what leaves a group goes to others, what others name comes in", () => {
  expect(missed(sums, animal)).toBe(1);
  expect(intruding(sums, animal)).toBe(1);
  const level = pets.levels[1]!.nodes;
  expect(outsideOf(pets, cells, dog, level, 4)).toEqual({
    to: [{ node: 5, count: 1 }],
    from: [],
  });
});

test("parts come from the first level that splits the group", () => {
  expect(partsOf(pets, 0)).toEqual([1, 7]);
  expect(partsOf(pets, animal)).toEqual([2, 5]);
  expect(partsOf(pets, dog)).toEqual([3, 4]);
  expect(partsOf(pets, husky)).toEqual([]);
});
