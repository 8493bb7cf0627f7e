/** Pairs that lie together in one tree and apart in another, by hand. */

import { expect, test } from "vitest";
import { pairsApart } from "../../src/comparison/treePairs.ts";
import { buildTree, type Tree } from "../../src/hierarchy/tree.ts";
import { pets, petsEpoch } from "../pets.ts";

const NAMES = ["pug", "husky", "tabby", "bus"];

/** A tree of groups of names, in the order of the pets' labels. */
function grouped(groups: readonly string[][]): Tree {
  const [parents, ids, labels] = [[-1], ["all"], [-1]];
  const [inner, leaves]: [number[], number[]] = [[], []];
  for (const names of groups) {
    inner.push(parents.length);
    parents.push(0);
    ids.push(`group of ${names[0]}`);
    labels.push(-1);
    for (const name of names) {
      leaves.push(parents.length);
      parents.push(inner.at(-1)!);
      ids.push(name);
      labels.push(["bus", "husky", "pug", "tabby"].indexOf(name));
    }
  }
  return buildTree({
    parents,
    ids,
    names: ids,
    labels,
    sizes: [1, 1, 1, 1],
    levels: [
      { groups: groups.length, nodes: inner },
      { groups: 4, nodes: leaves },
    ],
  });
}

const named = (found: ReturnType<typeof pairsApart>): unknown =>
  found?.list.map(({ first, second, errors }) => [
    pets.ids[first],
    pets.ids[second],
    errors,
  ]);

test("pug and husky are one group here, and two there", () => {
  const other = grouped([
    ["pug", "tabby"],
    ["husky", "bus"],
  ]);
  const found = pairsApart(pets, other, petsEpoch)!;
  // Two pugs are named husky, three huskies pug.
  expect(named(found)).toEqual([["pug", "husky", 5]]);
  expect(found.total).toBe(1);
  // Of eight errors. Pugs: 2 of 29 others are named husky 8 times; 11 are pug.
  expect(found.share).toBeCloseTo(5 / 8);
  expect(found.chance).toBeCloseTo((2 * (8 / 29) + 4 * (11 / 32)) / 8);
});

test("where the other has them together as well, there are none", () => {
  const same = grouped([
    ["pug", "husky"],
    ["tabby", "bus"],
  ]);
  expect(pairsApart(pets, same, petsEpoch)!.total).toBe(0);
});

test("a class that the other lacks is in no pair", () => {
  const other = grouped([
    ["pug", "tabby"],
    ["wolf", "bus"],
  ]);
  expect(pairsApart(pets, other, petsEpoch)!.total).toBe(0);
});

test("a pair without errors is listed, as long as there are few", () => {
  const other = grouped([["tabby", "pug"], ["husky"], ["bus"]]);
  const one = grouped([NAMES.slice(0, 3), ["bus"]]);
  const found = pairsApart(one, other, petsEpoch);
  expect(found!.total).toBe(2);
});

test("without groups nothing is together, and nothing apart", () => {
  const flat = buildTree({
    parents: [-1, 0, 0, 0, 0],
    ids: ["all", ...NAMES],
    names: ["all", ...NAMES],
    labels: [-1, 2, 1, 3, 0],
    sizes: [1, 1, 1, 1],
    levels: [{ groups: 4, nodes: [1, 2, 3, 4] }],
  });
  expect(pairsApart(pets, flat, petsEpoch)).toBeNull();
  expect(pairsApart(flat, pets, petsEpoch)).toBeNull();
});
