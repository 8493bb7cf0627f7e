import { expect, test } from "vitest";
import {
  arrangeParts,
  falseNegatives,
  falsePositives,
  outsideOf,
  sumBetween,
} from "../../src/confusion/blocks.ts";
import { f1 } from "../../src/confusion/cells.ts";
import { makeCut, partsOf } from "../../src/hierarchy/groups.ts";
import { pets, petsEpoch } from "../pets.ts";

const { cells, sums } = petsEpoch;
const [animal, dog, pug, husky, tabby] = [1, 2, 3, 4, 6] as const;

test("errors between two groups, and answers within one", () => {
  expect(sumBetween(pets, petsEpoch, dog, tabby)).toBe(1);
  expect(sumBetween(pets, petsEpoch, tabby, dog)).toBe(0);
  expect(sumBetween(pets, petsEpoch, dog, dog)).toBe(19);
  // A class named as its own group: pug and husky as husky, and so on.
  expect(sumBetween(pets, petsEpoch, dog, husky)).toBe(2 + 6);
  expect(sumBetween(pets, petsEpoch, husky, dog)).toBe(3 + 6);
});

test("parts are sorted by a value, those without one last", () => {
  const recalls = new Map([
    [1, 0.5],
    [2, Number.NaN],
    [3, 0.9],
  ]);
  const by = (isUp: boolean) =>
    arrangeParts([1, 2, 3], (part) => recalls.get(part)!, isUp);
  expect(by(true)).toEqual([1, 3, 2]);
  expect(by(false)).toEqual([3, 1, 2]);
});

test("F1 is twice the block over both bands", () => {
  // Dogs: 19 named dogs; 20 samples, 19 answers.
  expect(f1(sums, dog)).toBeCloseTo(38 / 39, 12);
});

test("what leaves a group goes to others, what others name comes in", () => {
  expect(falseNegatives(sums, animal)).toBe(1);
  expect(falsePositives(sums, animal)).toBe(1);
  const level = makeCut(pets, pets.levels[1]!.nodes);
  expect(outsideOf(pets, cells, dog, level, 4)).toEqual({
    to: [{ node: 5, count: 1 }],
    from: [],
  });
});

test("the rest of a larger group is listed as that group", () => {
  // Pugs: two were named husky, a dog. Huskies: three pug, one tabby.
  const level = makeCut(pets, pets.levels[0]!.nodes);
  expect(outsideOf(pets, cells, husky, level, 4)).toEqual({
    to: [{ node: animal, count: 4 }],
    from: [{ node: animal, count: 2 }],
  });
});

test("rows and columns may be other groups", () => {
  const [coarse, , fine] = pets.levels;
  const level = makeCut(pets, coarse!.nodes, fine!.nodes);
  expect(outsideOf(pets, cells, husky, level, 1)).toEqual({
    to: [{ node: pug, count: 3 }],
    from: [{ node: animal, count: 2 }],
  });
});

test("parts come from the first level that splits the group", () => {
  expect(partsOf(pets, 0)).toEqual([1, 7]);
  expect(partsOf(pets, animal)).toEqual([2, 5]);
  expect(partsOf(pets, dog)).toEqual([3, 4]);
  expect(partsOf(pets, husky)).toEqual([]);
});
