/** Findings on matrices whose truth is known: noise, and what was planted. */

import { describe, expect, test } from "vitest";
import { readEpoch } from "../../src/confusion/cells.ts";
import { buildTree, type Tree } from "../../src/hierarchy/tree.ts";
import {
  clearestGroup,
  clearestLevel,
  clearestPair,
  evidence,
} from "../../src/sentence/findings.ts";
import { drawnNumbers } from "../drawnNumbers.ts";
import { encode, pets, petsEpoch } from "../pets.ts";

const [GROUPS, EACH] = [6, 5];
const CLASSES = GROUPS * EACH;
const SAMPLES = 40;

/** Six groups of five classes, in the order of their labels. */
function sixGroups(): Tree {
  const parents = [-1];
  const labels = [-1];
  const groups: number[] = [];
  const leaves: number[] = [];
  for (let group = 0; group < GROUPS; group++) {
    groups.push(parents.length);
    parents.push(0);
    labels.push(-1);
    for (let each = 0; each < EACH; each++) {
      leaves.push(parents.length);
      parents.push(groups.at(-1)!);
      labels.push(leaves.length - 1);
    }
  }
  const ids = parents.map((_, node) => `n${node}`);
  return buildTree({
    parents,
    ids,
    names: ids,
    labels,
    sizes: new Array(CLASSES).fill(1),
    levels: [
      { groups: GROUPS, nodes: groups },
      { groups: CLASSES, nodes: leaves },
    ],
  });
}

const tree = sixGroups();

type Weight = (actual: number, predicted: number) => number;

/** Six in ten right, if nothing else is said; errors fall where a weight has them, by popularity. */
function drawnEpoch(
  seed: number,
  weight: Weight,
  right: (actual: number) => number = () => 0.6,
) {
  const random = drawnNumbers(seed);
  const popular = Array.from({ length: CLASSES }, () => 0.2 + random());
  const matrix = Array.from({ length: CLASSES }, () =>
    new Array<number>(CLASSES).fill(0),
  );
  for (let actual = 0; actual < CLASSES; actual++) {
    const weights = popular.map((by, predicted) =>
      predicted === actual ? 0 : by * weight(actual, predicted),
    );
    const all = weights.reduce((sum, each) => sum + each, 0);
    for (let sample = 0; sample < SAMPLES; sample++) {
      if (random() < right(actual)) {
        matrix[actual]![actual]! += 1;
        continue;
      }
      let left = random() * all;
      const predicted = weights.findIndex((each) => {
        left -= each;
        return left < 0;
      });
      matrix[actual]![predicted]! += 1;
    }
  }
  const rows = matrix.map((row) => row.flatMap((n, at) => (n ? [at] : [])));
  return readEpoch(
    encode(
      CLASSES,
      rows.map(({ length }) => length),
      rows.flatMap((row) => row.map((at, i) => at - (i ? row[i - 1]! + 1 : 0))),
      matrix.flat().filter(Boolean),
    ),
    tree,
  );
}

const groupOf = (label: number): number => Math.floor(label / EACH);

describe("evidence", () => {
  test("is Chernoff's bound, by hand", () => {
    // 10 (0.5 ln 5 + 0.5 ln (0.5 / 0.9)) = 8.047 - 2.939.
    expect(evidence({ count: 5, of: 10, chance: 0.1 })).toBeCloseTo(5.108, 3);
    expect(evidence({ count: 10, of: 10, chance: 0.5 })).toBeCloseTo(
      10 * Math.log(2),
    );
  });

  test("is none at or below chance, and counts the same samples once", () => {
    expect(evidence({ count: 1, of: 10, chance: 0.1 })).toBe(0);
    expect(evidence({ count: 0, of: 10, chance: 0.1 })).toBe(0);
    const found = { count: 15, of: 30, chance: 0.1 };
    const third = { count: 5, of: 10, chance: 0.1 };
    expect(evidence(found, 3)).toBeCloseTo(evidence(third));
  });
});

test("of noise nothing is said", () => {
  const said = { level: 0, group: 0, pair: 0 };
  for (let seed = 1; seed <= 200; seed++) {
    const epoch = drawnEpoch(seed, () => 1);
    if (clearestLevel(tree, epoch) !== null) said.level++;
    if (clearestGroup(tree, epoch)) said.group++;
    if (clearestPair(tree, epoch)) said.pair++;
  }
  // One in a hundred of each kind would be two.
  expect(said.level).toBeLessThanOrEqual(4);
  expect(said.group).toBeLessThanOrEqual(4);
  expect(said.pair).toBeLessThanOrEqual(4);
});

test("of classes that are alike within groups no pair is said", () => {
  let said = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const alike: Weight = (a, b) => (groupOf(a) === groupOf(b) ? 60 : 1);
    if (clearestPair(tree, drawnEpoch(seed, alike))) said++;
  }
  expect(said).toBeLessThanOrEqual(4);
});

test("what was planted is found", () => {
  let [levels, groups, pairs] = [0, 0, 0];
  for (let seed = 1; seed <= 40; seed++) {
    const inside = drawnEpoch(seed, (a, b) =>
      groupOf(a) === groupOf(b) ? 4 : 1,
    );
    if (clearestLevel(tree, inside) === 0) levels++;
    const third = drawnEpoch(seed, (a, b) =>
      groupOf(a) === 2 && groupOf(b) === 2 ? 9 : 1,
    );
    const found = clearestGroup(tree, third)?.node;
    if (found === tree.levels[0]!.nodes[2]) groups++;
    const twins = drawnEpoch(seed, (a, b) => (a + b === 15 ? 40 : 1));
    const pair = clearestPair(tree, twins);
    if (pair && labelOf(pair.actual) + labelOf(pair.predicted) === 15) pairs++;
  }
  expect(levels).toBe(40);
  expect(groups).toBeGreaterThanOrEqual(39);
  expect(pairs).toBeGreaterThanOrEqual(39);
});

const labelOf = (leaf: number): number => tree.order[tree.start[leaf]!]!;

test("the other way is named where it is found as well", () => {
  const both = drawnEpoch(1, (a, b) => (a + b === 15 ? 40 : 1));
  const back = clearestPair(tree, both)!.back!;
  expect(back.count).toBeGreaterThan(5);
  const oneWay = drawnEpoch(1, (a, b) => (a === 7 && b === 8 ? 200 : 1));
  expect(clearestPair(tree, oneWay)!.back).toBeNull();
});

test("a group with few of all errors is not named", () => {
  // Its classes are taken for one another alone, but seldom.
  const own: Weight = (a, b) => (groupOf(a) || groupOf(b) === 0 ? 1 : 0);
  const right = (actual: number): number => (groupOf(actual) ? 0.6 : 0.93);
  expect(clearestGroup(tree, drawnEpoch(2, own, right))).toBeNull();
  // As often wrong as the others it is.
  const found = clearestGroup(tree, drawnEpoch(2, own));
  expect(found?.node).toBe(tree.levels[0]!.nodes[0]);
});

test("a few errors among pets show nothing", () => {
  expect(clearestLevel(pets, petsEpoch)).toBeNull();
  expect(clearestGroup(pets, petsEpoch)).toBeNull();
  expect(clearestPair(pets, petsEpoch)).toBeNull();
});
