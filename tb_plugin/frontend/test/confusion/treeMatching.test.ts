import { expect, test } from "vitest";
import { outsideOf, sumBetween } from "../../src/confusion/blocks.ts";
import {
  type Cells,
  collapse,
  countAt,
  readEpoch,
} from "../../src/confusion/cells.ts";
import { subtract } from "../../src/confusion/difference.ts";
import {
  EVERYTHING,
  type Filters,
  keep,
  testOfClasses,
} from "../../src/confusion/filters.ts";
import {
  remainderOf,
  totalsOf,
  wholeOf,
} from "../../src/confusion/remainder.ts";
import { ranksOfIds, sorted } from "../../src/confusion/siblingSorting.ts";
import {
  type Matched,
  matchTrees,
  placesIn,
  realign,
} from "../../src/confusion/treeMatching.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import { buildTree, type Tree } from "../../src/hierarchy/tree.ts";
import { meanOf } from "../../src/state/seeds/meanEpoch.ts";
import { encode, flat as flatJson, pets, petsEpoch } from "../pets.ts";

const names = { other: "hier", shown: "plain" };

const flat = (...ids: string[]): Tree => buildTree(flatJson(ids));

function matched(other: Tree, shown: Tree): Matched {
  const found = matchTrees(other, shown, false, names);
  if ("why" in found) throw new Error(found.why);
  return found;
}

// Pets without huskies, with lynxes:
//        pug tabby lynx bus
// pug      7     1    2   0
// tabby    0     8    1   1
// lynx     3     4    5   0
// bus      0     2    0   8
const others = flat("pug", "tabby", "lynx", "bus");
const theirs = readEpoch(
  encode(
    4,
    [3, 3, 3, 2],
    [0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1],
    [7, 1, 2, 8, 1, 1, 3, 4, 5, 2, 8],
  ),
  others,
);

test("classes of one tree only are counted, the shared ones matched", () => {
  const { to, overlap } = matched(others, pets);
  expect([...to]).toEqual([0, 2, -1, 3]);
  expect(overlap).toMatchObject({
    shared: 3,
    here: 1,
    there: 1,
    kind: "classes",
  });
  expect([...overlap!.own]).toEqual([0, -1, 2, 3]);
});

test("a part of the classes, and more than these", () => {
  const fewer = matched(flat("bus", "pug"), pets).overlap;
  expect(fewer).toMatchObject({ shared: 2, here: 2, there: 0 });
  const more = matched(pets, flat("bus", "pug")).overlap;
  expect(more).toMatchObject({ shared: 2, here: 0, there: 2 });
});

test("trees over the same classes share all of them, in any order", () => {
  const { to, overlap } = matched(flat("bus", "tabby", "husky", "pug"), pets);
  expect(overlap).toBeNull();
  expect([...to]).toEqual([3, 2, 1, 0]);
});

test("no class in common is one line", () => {
  expect(matchTrees(flat("a", "b"), pets, false, names)).toEqual({
    why: "They share no class: of 4 classes here and 2 classes there none has the same id.",
  });
});

/** Two groups of a head, whose classes may not be said. */
function head(dogs: string[], others: string[], isSaid = true): Tree {
  return buildTree({
    parents: [-1, 0, 0],
    ids: ["(root)", "dog", "other"],
    names: ["all", "dog", "other"],
    labels: [-1, 0, 1],
    sizes: [dogs.length, others.length],
    levels: [],
    ...(isSaid ? { classes: [dogs, others] } : {}),
  });
}
const dogsAndBus = head(["pug", "husky"], ["bus"]);
const dogOf = (other: Tree, shown: Tree): number =>
  matched(other, shown).overlap?.own[0] ?? 0;

test("a group that holds fewer classes is in one of them only", () => {
  const lone = head(["pug"], ["bus"]);
  for (const shown of [dogsAndBus, head(["pug", "husky"], ["bus"], false)]) {
    const { to, overlap } = matched(lone, shown);
    // One of two dogs is there: not the same group.
    expect([...to]).toEqual([-1, 1]);
    expect(overlap).toMatchObject({
      shared: 1,
      here: 1,
      there: 1,
      kind: "groups",
    });
  }
});

test("nor is one that holds as many others the same", () => {
  const lynxes = head(["pug", "lynx"], ["bus"]);
  expect(matched(dogsAndBus, dogsAndBus).overlap).toBeNull();
  const turned = head(["husky", "pug"], ["bus"]);
  expect(matched(turned, dogsAndBus).overlap).toBeNull();
  for (const [other, shown] of [
    [lynxes, dogsAndBus],
    [dogsAndBus, lynxes],
  ] as const) {
    const { to, overlap } = matched(other, shown);
    expect([...to]).toEqual([-1, 1]);
    expect(overlap).toMatchObject({ shared: 1, here: 1, there: 1 });
    expect([...overlap!.own]).toEqual([-1, 1]);
  }
  // Where their classes are not said, they are known by name and size.
  const silent = head(["pug", "lynx"], ["bus"], false);
  expect(matched(silent, dogsAndBus).overlap).toBeNull();
});

test("classes go into the group that holds these very ones", () => {
  const tree = (...dogs: string[]): Tree =>
    buildTree({
      parents: [-1, 0, 1, 1, 0, 4],
      ids: ["(root)", "dog", ...dogs, "other", "bus"],
      names: ["all", "dog", ...dogs, "other", "bus"],
      labels: [-1, -1, 0, 1, -1, 2],
      sizes: [1, 1, 1],
      levels: [],
    });
  expect([...matched(tree("husky", "pug"), dogsAndBus).to]).toEqual([0, 0, 1]);
  expect(dogOf(tree("husky", "pug"), dogsAndBus)).toBe(0);
  expect(dogOf(tree("husky", "lynx"), dogsAndBus)).toBe(-1);
  // Nor does a group of one class under the name of another.
  const lone = head(["lynx"], ["bus"]);
  expect("why" in matchTrees(lone, flat("dog", "bus"), false, names)).toBe(
    true,
  );
});

test("groups of which none holds the same classes are one line", () => {
  const others = head(["pug", "lynx"], ["car"]);
  expect(matchTrees(others, dogsAndBus, false, names)).toEqual({
    why: "They share no class: of 2 groups here and 2 groups there none has the same id and classes.",
  });
});

test("whatever the order of siblings, a group holds its classes", () => {
  const ranks = ranksOfIds(["(root)", "other", "dog"]);
  const moved = sorted(dogsAndBus, ranks);
  expect(moved.ids).toEqual(["(root)", "other", "dog"]);
  expect(matched(moved, dogsAndBus).overlap).toBeNull();
  expect([...matched(moved, dogsAndBus).to]).toEqual([1, 0]);
  const lynxes = sorted(head(["pug", "lynx"], ["bus"]), ranks);
  expect([...matched(lynxes, dogsAndBus).to]).toEqual([1, -1]);
});

test("the other in the places of the shown tree, by hand", () => {
  const there = realign(theirs, matched(others, pets), pets);
  expect([...there.cells.diagonal]).toEqual([7, 0, 8, 8]);
  expect([...there.cells.row]).toEqual([0, 2, 3]);
  expect([...there.cells.column]).toEqual([2, 3, 2]);
  expect([...there.cells.count]).toEqual([1, 1, 2]);
  // Two pugs and a tabby are named lynx: missed, and samples all the same.
  expect([there.total, there.errors]).toEqual([30, 7]);
  const [dog, pug, cat] = [2, 3, 5];
  expect([dog, pug, cat].map((at) => there.sums.support[at])).toEqual([
    10, 10, 10,
  ]);
  // Lynxes named pug and tabby are in no score.
  expect([0, dog, cat].map((at) => there.strangers![at])).toEqual([7, 3, 4]);
  expect(there.sums.predictedCount[pug]).toBe(7);
});

// The same, of which tabby and lynx are cats.
const grouped = buildTree({
  parents: [-1, 0, 0, 2, 2, 0],
  ids: ["(root)", "pug", "cat", "tabby", "lynx", "bus"],
  names: ["all", "pug", "cats", "tabby", "lynx", "bus"],
  labels: [-1, 0, -1, 1, 2, 3],
  sizes: [1, 1, 1, 1],
  levels: [],
});

test("groups hold what is named out there in them", () => {
  const [dog, husky, pug, cat] = [2, 4, 3, 5];
  // Huskies are out: two pugs are named so, which are dogs all the same.
  const own = matched(others, pets).overlap!.own;
  const here = realign(petsEpoch, placesIn(pets, own), pets);
  const told = (node: number): (number | undefined)[] => [
    here.sums.correct[node],
    here.sums.truePositives[node],
    here.sums.support[node],
    here.sums.predictedCount[node],
  ];
  expect(told(pug)).toEqual([8, 8, 10, 8]);
  expect(told(dog)).toEqual([8, 10, 10, 10]);
  expect(told(husky)).toEqual([0, 0, 0, 0]);
  expect(told(cat)[1]).toBe(9);
  // A lynx is a cat there: a tabby named one is one, a pug is none.
  const there = realign(theirs, matched(grouped, pets), pets);
  expect(there.sums.truePositives[cat]).toBe(9);
  expect(there.sums.support[cat]).toBe(10);
  expect(there.sums.predictedCount[cat]).toBe(1 + 8 + 2 + 1 + 2);
  expect(there.sums.truePositives[dog]).toBe(7);
});

test("a set of runs is one wherever its classes go", () => {
  const set = { ...theirs, sums: { ...theirs.sums, runs: 3 } };
  const there = realign(set, matched(others, pets), pets);
  expect(there.sums.runs).toBe(3);
  expect(there.sums.support[0]).toBe(30);
});

test("what is not shared goes into the other row and column", () => {
  const places = matched(others, pets);
  const cut = makeCut(pets, pets.leaves);
  const rest = [
    realign(petsEpoch, placesIn(pets, places.overlap!.own), pets),
    realign(theirs, places, pets),
  ].map((epoch) => {
    const drawn = collapse(epoch.cells, cut, true);
    return remainderOf(totalsOf(cut, epoch, true), drawn, wholeOf(drawn));
  });
  // Here huskies are out: two pugs named so, three and one that are named
  // pug and tabby.
  expect([...rest[0]!.rows]).toEqual([2, 0, 0, 0]);
  expect([...rest[0]!.columns]).toEqual([3, 0, 1, 0]);
  expect([...rest[1]!.rows]).toEqual([2, 0, 1, 0]);
  expect([...rest[1]!.columns]).toEqual([3, 0, 4, 0]);
});

test("at a level too, and in the other row no sample of a shared class", () => {
  const cut = makeCut(pets, Int32Array.from([2, 5, 7]));
  const places = matched(others, pets);
  const here = realign(petsEpoch, placesIn(pets, places.overlap!.own), pets);
  const drawn = collapse(here.cells, cut, true);
  const rest = remainderOf(totalsOf(cut, here, true), drawn, wholeOf(drawn));
  // Two pugs are named huskies, which are dogs too. Left out are huskies
  // alone, named pug, thrice, and tabby.
  expect([...drawn.diagonal]).toEqual([2, 0, 0]);
  expect([...rest.rows]).toEqual([0, 0, 0]);
  expect([...rest.columns]).toEqual([3, 1, 0]);
});

test("cells of groups hold what is named out there in them, by hand", () => {
  const [dog, pug, cat, car] = [2, 3, 5, 7];
  // A lynx is a cat there, as in the test above: two pugs and a tabby.
  const there = realign(theirs, matched(grouped, pets), pets);
  const of = (nodes: number[], across = nodes, errorsOnly = false): Cells =>
    collapse(
      there.cells,
      makeCut(pets, Int32Array.from(nodes), Int32Array.from(across)),
      errorsOnly,
    );
  const kinds = of([dog, cat, car]);
  expect([...kinds.diagonal]).toEqual([7, 9, 10 - 2]);
  expect(countAt(kinds, 0, 1)).toBe(1 + 2);
  // Of classes there is no cell for them, though all cats here are tabbies.
  const single = of([3, 4, 6, 8]);
  expect(countAt(single, 0, 2)).toBe(1);
  expect(single.diagonal[2]).toBe(8);
  // Columns may be other groups than rows, and errors are all of them.
  const apart = of([3, 4, 6, 8], [dog, cat, car], true);
  expect(countAt(apart, 0, 1)).toBe(3);
  expect(countAt(apart, 2, 1)).toBe(1);
  // What is shown of a cell elsewhere is the same.
  expect(sumBetween(pets, there, dog, cat)).toBe(3);
  expect(sumBetween(pets, there, pug, cat)).toBe(3);
  const cut = makeCut(pets, Int32Array.from([dog, cat, car]));
  expect(outsideOf(pets, there.cells, dog, cut, 4).to).toEqual([
    { node: cat, count: 3 },
  ]);
  expect(outsideOf(pets, there.cells, cat, cut, 4).from[0]).toEqual({
    node: dog,
    count: 3,
  });
  // Three runs as one: the mean.
  const set = { ...there, sums: { ...there.sums, runs: 3 } };
  const mean = collapse(meanOf(set).cells, cut, false);
  expect(countAt(mean, 0, 1)).toBeCloseTo(1, 12);
});

test("filters on classes hold for what is named out there too", () => {
  const places = matched(others, pets);
  const here = realign(petsEpoch, placesIn(pets, places.overlap!.own), pets);
  const cut = makeCut(pets, Int32Array.from([2, 5, 7]));
  const ofDogs = (filters: Partial<Filters>): number => {
    const all = { least: 1, range: EVERYTHING, relation: null, only: null };
    const test = testOfClasses(pets, { ...all, ...filters });
    return collapse(keep(here.cells, test), cut, true).diagonal[0]!;
  };
  const only = (position: number): Uint8Array =>
    Uint8Array.from(pets.leaves, (_, at) => Number(at === position));
  // Two pugs are named huskies.
  expect(ofDogs({})).toBe(2);
  expect(ofDogs({ only: only(0) })).toBe(2);
  expect(ofDogs({ only: only(1) })).toBe(0);
  expect(ofDogs({ relation: { kind: "within", groups: 3 } })).toBe(2);
  expect(ofDogs({ relation: { kind: "between", groups: 3 } })).toBe(0);
});

test("a difference is of shared classes alone", () => {
  const places = matched(others, pets);
  const here = realign(petsEpoch, placesIn(pets, places.overlap!.own), pets);
  const there = realign(theirs, places, pets);
  const changes = subtract(here.cells, there.cells);
  // No cell of huskies: there was nothing to be compared with.
  expect([...changes.row, ...changes.column]).not.toContain(1);
  expect([...changes.diagonal]).toEqual([-1, 0, -1, -1]);
  const swapped = subtract(there.cells, here.cells);
  expect([...swapped.diagonal]).toEqual([1, 0, 1, 1]);
});
