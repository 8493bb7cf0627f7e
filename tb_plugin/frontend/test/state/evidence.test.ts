import { afterEach, expect, test } from "vitest";
import { testOfSeeds } from "../../src/comparison/comparisonSummary.ts";
import { ranksOfIds, sorted } from "../../src/confusion/siblingSorting.ts";
import type { Significance } from "../../src/server/significance.ts";
import * as view from "../../src/state/all.ts";
import {
  comparedPair,
  evidence,
  isGroupWithinChance,
  isLevelWithinChance,
} from "../../src/state/comparison/evidence.ts";
import {
  testOfGroup,
  testOfLevel,
} from "../../src/state/comparison/testsInWords.ts";
import { pets } from "../pets.ts";

const bySamples: Significance = {
  test: "mcnemar",
  why: null,
  nodes: {
    p: [0.03282183, 1, 0.0002, null],
    fixed: [61, 0, 1200, 0],
    broken: [88, 0, 900, 0],
  },
  levels: [
    {
      groups: 2,
      family: "groups of this level that could differ",
      tested: 2,
      rate: 0.05,
      found: 1,
      q: [0.01, 0.4],
      accuracy: { fixed: 61, broken: 88, p: 0.03282183, q: 0.049, tested: 2 },
    },
    {
      groups: 3,
      family: "groups of this level that could differ",
      tested: 3,
      rate: 0.05,
      found: 0,
      q: [0.2, null, 0.6],
      accuracy: {
        low: -0.00158976,
        high: 0.00958943,
        p: 0.160765,
        q: 0.160765,
        tested: 2,
      },
    },
  ],
};

afterEach(() => {
  view.tree.value = null;
  evidence.value = null;
  comparedPair.value = "";
});

function show(of = "a"): void {
  view.tree.value = pets;
  view.level.value = pets.levels[0]!.groups;
  comparedPair.value = "a";
  evidence.value = { of, answer: bySamples };
}

test("samples are said to be fixed and broken", () => {
  show();
  expect(testOfGroup(0)).toBe("61 fixed, 88 broken, p = 0.033");
  expect(testOfGroup(2)).toBe("1,200 fixed, 900 broken, p < 0.001");
  expect(testOfGroup(3)).toBeNull();
  expect(testOfLevel(0)).toBe("61 fixed, 88 broken, p = 0.033");
});

test("without samples there is an interval", () => {
  show();
  expect(testOfLevel(1)).toBe("−0.2 to +1.0 points, p = 0.16");
});

test("a group and an accuracy are chance by their q", () => {
  show();
  const [first, second] = pets.levels[0]!.nodes;
  expect(isGroupWithinChance(first!)).toBe(false);
  expect(isGroupWithinChance(second!)).toBe(true);
  expect(isLevelWithinChance(0)).toBe(false);
  expect(isLevelWithinChance(1)).toBe(true);
  // What nothing has tested is no news.
  expect(isLevelWithinChance(7)).toBe(true);
});

test("an accuracy that p alone would call a finding says what undoes it", () => {
  show();
  const [groups, classes] = bySamples.levels;
  const accuracy = { ...groups!.accuracy, q: 0.0655, tested: 2 };
  const levels = [{ ...groups!, accuracy }, classes!];
  evidence.value = { of: "a", answer: { ...bySamples, levels } };
  expect(isLevelWithinChance(0)).toBe(true);
  expect(testOfLevel(0)).toBe(
    "61 fixed, 88 broken, p = 0.033 alone, 0.066 as one of 2 levels",
  );
});

test("an answer about another epoch says nothing", () => {
  show("b");
  const [first] = pets.levels[0]!.nodes;
  expect(isGroupWithinChance(first!)).toBe(true);
  expect(testOfGroup(0)).toBeNull();
  expect(testOfLevel(0)).toBeNull();
});

test("tests are in the order of the log, whatever the order on screen", () => {
  show();
  // Vehicles first, as the user may have it.
  view.tree.value = sorted(
    pets,
    ranksOfIds(["car", "bus", "animal", "cat", "tabby", "dog", "husky", "pug"]),
  );
  const [vehicle, animal] = view.tree.value.levels[0]!.nodes;
  expect(view.tree.value.ids[vehicle!]).toBe("car");
  expect(isGroupWithinChance(animal!)).toBe(false);
  expect(isGroupWithinChance(vehicle!)).toBe(true);
  const dog = view.tree.value.ids.indexOf("dog");
  expect(testOfGroup(dog)).toBe("1,200 fixed, 900 broken, p < 0.001");
});

test("sets of runs say by which test they differ, or that none can tell", () => {
  show();
  expect(testOfSeeds.value).toBeNull();
  const how = "paired by seed, t over 3 seeds";
  evidence.value = { of: "a", answer: { ...bySamples, test: "seeds", how } };
  expect(testOfSeeds.value).toBe("groups: paired by seed, t over 3 seeds");
  const why = "3 against 2 runs: too few";
  const [groups, classes] = bySamples.levels;
  const none = { p: null, q: null, tested: 0 };
  const levels = [{ ...groups!, q: [1, 1], accuracy: none }, classes!];
  const answer: Significance = { ...bySamples, test: "none", why, levels };
  evidence.value = { of: "a", answer };
  expect(testOfSeeds.value).toBe(why);
  // What nobody can tell is no news.
  const [first] = pets.levels[0]!.nodes;
  expect(isGroupWithinChance(first!)).toBe(true);
  expect(isLevelWithinChance(0)).toBe(true);
  expect(testOfLevel(0)).toBeNull();
});
