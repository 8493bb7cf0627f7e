import { expect, test } from "vitest";
import { type Epoch, readEpoch } from "../../src/confusion/cells.ts";
import { buildTree } from "../../src/hierarchy/tree.ts";
import {
  blocksOf,
  drawnNodes,
  movedFrom,
  pooledNodes,
} from "../../src/layers/data/blocks.ts";
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

test("what moved is times chance, and nothing within two standard errors", () => {
  const [there, here] = [withErrors(40, 16), withErrors(10, 8)].map((epoch) =>
    blocksOf(epoch, pets, groups),
  );
  const { change, out, inside } = movedFrom(there!, here!);
  expect(inside).toEqual({ by: -30, isBeyond: true });
  // 16 - 8 is less than two roots of 24.
  expect(out).toEqual({ by: -8, isBeyond: false });
  const chance = (there!.chance[0]! + here!.chance[0]!) / 2;
  expect(change[0]).toBeCloseTo(-30 / chance);
  expect(change[2]).toBeNaN();
  expect(change[4]).toBeNaN();
});

test("the edge of two standard errors lies where it is said", () => {
  const of = (count: number) => blocksOf(withErrors(count, 1), pets, groups);
  // 30 - 16 = 14 and 2 sqrt(46) = 13.6; 30 - 17 = 13 and 2 sqrt(47) = 13.7.
  expect(movedFrom(of(30), of(16)).inside.isBeyond).toBe(true);
  expect(movedFrom(of(30), of(17)).inside.isBeyond).toBe(false);
});

test("many groups are pooled to about fifteen, few stay as they are", () => {
  expect(drawnNodes(pets, 4)).toBe(pets.levels[2]!.nodes);
  expect(drawnNodes(pets, 2)).toBe(pets.levels[0]!.nodes);
  const sizes = [4, 12, 60, 300];
  const tree = {
    ...pets,
    levels: sizes.map((groups) => ({
      groups,
      name: "",
      nodes: new Int32Array(groups),
    })),
  };
  expect(drawnNodes(tree, 4)).toHaveLength(4);
  for (const groups of [60, 300]) {
    expect(drawnNodes(tree, groups)).toHaveLength(12);
  }
  expect(pooledNodes(tree)).toHaveLength(12);
});

test("hundreds of classes without groups have no matrix", () => {
  const tree = buildTree({
    ...petsJson,
    levels: [{ groups: 300, nodes: new Array(300).fill(3) }],
  });
  expect(drawnNodes(tree, 300)).toBeNull();
});
