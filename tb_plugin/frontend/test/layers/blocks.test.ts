import { expect, test } from "vitest";
import { type Epoch, readEpoch } from "../../src/confusion/cells.ts";
import { buildTree } from "../../src/hierarchy/tree.ts";
import {
  blocksOf,
  clearestOf,
  drawnNodes,
  movesFrom,
  pooledNodes,
} from "../../src/layers/data/blocks.ts";
import { colourOfBlock } from "../../src/layers/data/drawnProbes.ts";
import { LIGHT } from "../../src/ui/colours.ts";
import { encode, pets, petsEpoch, petsJson } from "../pets.ts";

// dog (pug, husky), cat (tabby), car (bus):
//          dog cat car
//   dog     19   1   0        5 errors inside, 18 named dog of 19
//   cat      0   9   1
//   car      0   1   9
const groups = pets.levels[1]!.nodes;
const blocks = blocksOf(petsEpoch, pets, groups);

test("answers are counted between groups, right ones apart from errors", () => {
  expect([...blocks.counts]).toEqual([19, 1, 0, 0, 9, 1, 0, 1, 9]);
  expect([...blocks.errors]).toEqual([5, 1, 0, 0, 0, 1, 0, 1, 0]);
  expect([...blocks.edge]).toEqual([0, 2, 3, 4]);
  expect([...blocks.recall]).toEqual([19 / 20, 0.9, 0.9]);
});

test("chance is what as many answers at random would give", () => {
  // 20 dogs, 11 answers cat, 40 samples.
  expect(blocks.chance[1]).toBeCloseTo((20 * 11) / 40);
  expect(blocks.chance[5]).toBeCloseTo((10 * 10) / 40);
  // Inside dog no pug is named pug by mistake: 10 of each, 11 named pug, 8 husky.
  expect(blocks.chance[0]).toBeCloseTo((20 * 19 - 10 * 11 - 10 * 8) / 40);
  // A single class has no errors inside.
  expect(blocks.chance[4]).toBeCloseTo(0);
});

/** A hundred of each; pugs are named husky and bus, the others right. */
function withErrors(inside: number, out: number): Epoch {
  // In label order: bus, husky, pug, tabby.
  const pugs = [out, inside, 100 - inside - out];
  const matrix = encode(
    4,
    [1, 1, 3, 1],
    [0, 1, 0, 0, 0, 3],
    [100, 100, ...pugs, 100],
  );
  return readEpoch(matrix, pets);
}

const of = (inside: number, out: number) =>
  blocksOf(withErrors(inside, out), pets, groups);

test("what moved is times chance, and nothing within it", () => {
  const [there, here] = [of(40, 16), of(10, 8)];
  const { moved, tested, found } = movesFrom(there, [here]);
  const { change, out, inside } = moved[0]!;
  expect(inside).toEqual({ by: -30, isBeyond: true });
  // 16 against 8 have p = 0.15.
  expect(out).toEqual({ by: -8, isBeyond: false });
  const chance = (there.chance[0]! + here.chance[0]!) / 2;
  expect(change[0]).toBeCloseTo(-30 / chance);
  expect(change[2]).toBeNaN();
  // Without errors there and here nothing can differ.
  expect(change[4]).toBeNaN();
  expect([tested, found]).toEqual([2, 1]);
});

test("the cells of all layers are one family, their sums another", () => {
  // 18 against 4 have p = 0.0043, twice the tail of 22 tosses of a coin; no
  // other cell has more than 0.5. Sums out of their groups are all alike.
  const [there, here, same] = [of(18, 9), of(4, 9), of(18, 9)];
  const beyond = (others: number): boolean[] => {
    const layers = [here, ...Array.from({ length: others }, () => same)];
    const { moved, tested, found } = movesFrom(there, layers);
    expect(tested).toBe(2 * layers.length);
    const isFound = !Number.isNaN(moved[0]!.change[0]!);
    expect(found).toBe(isFound ? 1 : 0);
    expect(moved.slice(1).some(({ inside }) => inside.isBeyond)).toBe(false);
    return [isFound, moved[0]!.inside.isBeyond];
  };
  // Below 0.05 / 10, not below 0.05 / 12.
  expect(beyond(0)).toEqual([true, true]);
  expect(beyond(4)).toEqual([true, true]);
  expect(beyond(5)).toEqual([false, false]);
});

test("more groups than a small matrix has pixels are pooled, others stay", () => {
  const none = null;
  expect(drawnNodes(pets, 4, none)).toBe(pets.levels[2]!.nodes);
  expect(drawnNodes(pets, 2, none)).toBe(pets.levels[0]!.nodes);
  const sizes = [4, 12, 60, 300];
  const tree = {
    ...pets,
    levels: sizes.map((groups) => ({
      groups,
      name: "",
      nodes: new Int32Array(groups),
    })),
  };
  const pooled = pooledNodes(tree);
  expect(pooled).toHaveLength(12);
  expect(drawnNodes(tree, 4, pooled)).toHaveLength(4);
  expect(drawnNodes(tree, 60, pooled)).toHaveLength(60);
  expect(drawnNodes(tree, 300, pooled)).toBe(pooled);
});

test("finer levels are pooled to where there is most to see", () => {
  const [three, some, many] = [3, 43, 100].map((n) => new Int32Array(n)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  // 9, 400 * 20 / 43 = 186, 300 * 17.3 / 100 = 52.
  const seen = [
    { nodes: three, found: 9 },
    { nodes: some, found: 400 },
    { nodes: many, found: 300 },
  ];
  expect(clearestOf(seen)).toBe(some);
  // Three groups of which all differ, and ten specks among 10,000.
  const specks = { nodes: many, found: 10 };
  expect(clearestOf([seen[0]!, specks])).toBe(three);
  expect(clearestOf([seen[0]!, seen[2]!])).toBe(many);
  expect(clearestOf([{ nodes: some, found: 0 }])).toBeNull();
});

test("hundreds of classes without groups have no matrix", () => {
  const tree = buildTree({
    ...petsJson,
    levels: [{ groups: 300, nodes: new Array(300).fill(3) }],
  });
  expect(drawnNodes(tree, 300, pooledNodes(tree))).toBeNull();
});

test("a group without samples has a colour of its own, no error", () => {
  const epoch = readEpoch(
    encode(4, [1, 2, 1, 0], [0, 1, 1, 2], [10, 8, 2, 10], {}),
    pets,
  );
  const { nodes } = pets.levels[1]!;
  const blocks = blocksOf(epoch, pets, nodes);
  const missing = blocks.recall.findIndex(Number.isNaN);
  expect(missing).toBeGreaterThanOrEqual(0);
  const colour = colourOfBlock(blocks);
  // #f5f6f8, from its last byte on.
  expect(LIGHT.fill).toBe("#f5f6f8");
  expect(colour(missing, missing)).toBe(0xfff8f6f5);
});
