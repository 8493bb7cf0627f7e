import { expect, test } from "vitest";
import { collapse } from "../../src/confusion/cells.ts";
import {
  leafCut,
  pairAt,
  pairsIn,
  type Sort,
  sortPairs,
  testAt,
} from "../../src/confusion/pairs.ts";
import { findTests } from "../../src/confusion/pairTests.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import type { TestedPairs } from "../../src/server/surprise.ts";
import { pets, petsEpoch } from "../pets.ts";

// In the order of the tree, with errors
//        pug husky tabby bus
// pug          2     0    0
// husky   3          1    0
// tabby   0    0          1
// bus     0    0     1
const [pug, husky, tabby, bus] = [3, 4, 6, 8] as const;
const classes = {
  cut: leafCut(pets),
  cells: petsEpoch.cells,
  within: new Float64Array(),
};
/** The fewest lead; of what is not listed none was found. */
const answer: TestedPairs = {
  family: "pairs",
  tested: 12,
  total: 5,
  rate: 0.05,
  found: 1,
  rows: [tabby, husky],
  columns: [bus, tabby],
  counts: [1, 1],
  expected: [0.01, 0.5],
  p: [0.001, 0.4],
  q: [0.012, 1],
};
const tests = findTests(pets, answer, pets.leaves);

function listed(sort: Sort, selection = { rows: 0, columns: 0 }): number[][] {
  const found = { ...pairsIn(pets, classes, selection), tests };
  const pairs = sortPairs(pets, petsEpoch, found, sort);
  return Array.from(pairs.list, (_, i) => {
    const { rows, columns } = pairAt(pairs, i);
    return [rows, columns, testAt(pairs, i)!.isChance ? 0 : 1];
  });
}

test("the clearest leads, what is not listed sinks, strongest first", () => {
  const all = listed({ key: "surprise", flipped: false });
  expect(all).toEqual([
    [tabby, bus, 1],
    [husky, tabby, 0],
    [husky, pug, 0],
    [pug, husky, 0],
    [bus, tabby, 0],
  ]);
  // Equals stay as they were.
  expect(listed({ key: "surprise", flipped: true })).toEqual([
    ...all.slice(2),
    ...all.slice(0, 2).reverse(),
  ]);
  const dogs = listed(
    { key: "oneway", flipped: false },
    { rows: 2, columns: 2 },
  );
  expect(dogs).toEqual([
    [husky, tabby, 0],
    [husky, pug, 0],
    [pug, husky, 0],
  ]);
});

test("what is not listed is chance only if all that was found came", () => {
  expect(tests.testOf(pug, husky)).toEqual({
    isChance: true,
    isTested: true,
    known: null,
  });
  const cutOff = findTests(pets, { ...answer, found: 3 }, pets.leaves);
  expect(cutOff.testOf(pug, husky).isChance).toBe(false);
  expect(cutOff.testOf(husky, tabby).isChance).toBe(true);
});

test("without the tests it is sorted by count, as it was", () => {
  const found = pairsIn(pets, classes, { rows: 0, columns: 0 });
  const pairs = sortPairs(pets, petsEpoch, found, {
    key: "surprise",
    flipped: false,
  });
  expect(pairs.list).toEqual(found.list);
  expect(testAt(pairs, 0)).toBeNull();
});

test("nodes are those of the log, whatever their order here", () => {
  // The two dogs have changed places.
  const logged = pets.logged.map((node) =>
    node === pug ? husky : node === husky ? pug : node,
  );
  const turned = findTests({ ...pets, logged }, answer, pets.leaves);
  expect(turned.placeOf(pug, tabby)).toBe(1);
  expect(turned.placeOf(husky, tabby)).toBeUndefined();
  const wrong = { ...answer, rows: [99, -1], columns: [bus, 99] };
  expect(
    findTests(pets, wrong, pets.leaves).placeOf(tabby, bus),
  ).toBeUndefined();
});

test("a group that was folded by hand was not tested: it sinks, and has no p", () => {
  const dog = 2;
  const cut = makeCut(pets, Int32Array.of(dog, tabby, bus));
  const cells = collapse(petsEpoch.cells, cut, true);
  const source = { cut, cells, within: cells.diagonal };
  const all = { ...pairsIn(pets, source, { rows: 0, columns: 0 }), tests };
  const pairs = sortPairs(pets, petsEpoch, all, {
    key: "surprise",
    flipped: false,
  });
  const found = Array.from(pairs.list, (_, i) => {
    const { rows, columns, count } = pairAt(pairs, i);
    const { known, isTested, isChance } = testAt(pairs, i)!;
    return [rows, columns, count, known?.p ?? null, isTested, isChance];
  });
  // Five errors within dogs are more than any other, and say nothing here:
  // neither that they are chance.
  expect(found).toEqual([
    [tabby, bus, 1, 0.001, true, false],
    [dog, dog, 5, null, false, false],
    [bus, tabby, 1, null, true, true],
    [dog, tabby, 1, null, false, false],
  ]);
});
