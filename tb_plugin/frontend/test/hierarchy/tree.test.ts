import { expect, test } from "vitest";
import {
  ancestors,
  buildTree,
  childrenOf,
  classesOf,
  contains,
  cutBelow,
  leafIndexAt,
  lowestCommonAncestor,
  lowestCommonAncestorOfNodes,
} from "../../src/hierarchy/tree.ts";
import { drawnNumbers } from "../drawnNumbers.ts";
import { pets, petsJson } from "../pets.ts";

test("positions follow the tree, labels keep their numbers", () => {
  expect([...pets.order]).toEqual([2, 1, 3, 0]);
  expect([...pets.leafOfLabel]).toEqual([3, 1, 0, 2]);
  expect([...pets.height]).toEqual([3, 2, 1, 0, 0, 1, 0, 1, 0]);
});

test("two positions meet at their lowest common ancestor", () => {
  const table = [0, 1, 2, 3].map((a) =>
    [0, 1, 2, 3].map((b) => lowestCommonAncestor(pets, a, b)),
  );
  expect(table).toEqual([
    [3, 2, 1, 0],
    [2, 4, 1, 0],
    [1, 1, 6, 0],
    [0, 0, 0, 8],
  ]);
});

test("the table of meetings agrees with walking up, on a deep random tree", () => {
  const drawn = drawnNumbers(7);
  const random = (below: number): number => Math.floor(below * drawn());
  const parents = [-1];
  const grow = (node: number, depth: number): void => {
    if (depth > 6) return;
    for (let child = 0; child < 1 + random(3); child++) {
      parents.push(node);
      grow(parents.length - 1, depth + 1);
    }
  };
  grow(0, 0);
  const inner = new Set(parents);
  let label = 0;
  const labels = parents.map((_, node) => (inner.has(node) ? -1 : label++));
  const names = parents.map(String);
  const sizes = new Array<number>(label).fill(1);
  const tree = buildTree({
    parents,
    ids: names,
    names,
    labels,
    sizes,
    levels: [],
  });
  for (let trial = 0; trial < 300; trial++) {
    const [a, b] = [random(label), random(label)];
    const above = [tree.leaves[a]!, ...ancestors(tree, tree.leaves[a]!)];
    const other = [tree.leaves[b]!, ...ancestors(tree, tree.leaves[b]!)];
    expect(lowestCommonAncestor(tree, a, b)).toBe(
      above.find((node) => other.includes(node)),
    );
  }
});

test("a node contains itself and what is below it", () => {
  expect(contains(pets, 2, 4)).toBe(true);
  expect(contains(pets, 2, 2)).toBe(true);
  expect(contains(pets, 2, 5)).toBe(false);
  // cat and tabby hold the same class, yet tabby is below.
  expect(contains(pets, 6, 5)).toBe(false);
  expect(lowestCommonAncestorOfNodes(pets, 5, 6)).toBe(5);
  expect(lowestCommonAncestorOfNodes(pets, 2, 6)).toBe(1);
});

test("children and cuts keep the display order", () => {
  expect(childrenOf(pets, 1)).toEqual([2, 5]);
  expect(childrenOf(pets, 3)).toEqual([]);
  expect([...cutBelow(pets, 0, 2)]).toEqual([2, 5, 7]);
  expect([...cutBelow(pets, 1, 3)]).toEqual([2, 5]);
});

test("a leaf is as tall as the classes it stands for", () => {
  const tree = buildTree({ ...petsJson, sizes: [1, 10, 20, 3] });
  expect([...tree.leafEdges]).toEqual([0, 20, 30, 33, 34]);
  expect(classesOf(tree, 2)).toBe(30);
  expect([0, 19.9, 20, 33.5, 99].map((at) => leafIndexAt(tree, at))).toEqual([
    0, 0, 1, 3, 3,
  ]);
});

test("a class alone in a group of its name needs no other name", () => {
  const json = {
    parents: [-1, 0, 1, 0, 3, 3],
    ids: ["all", "plum (group)", "plum", "dog (group)", "dog", "pug"],
    names: ["all", "plum", "plum (itself)", "dog", "dog (itself)", "pug"],
    labels: [-1, -1, 0, -1, 1, 2],
    sizes: [1, 1, 1],
    levels: [],
  };
  // Beside pugs, "dog" alone would be all dogs.
  expect(buildTree(json).names).toEqual([
    "all",
    "plum",
    "plum",
    "dog",
    "dog (itself)",
    "pug",
  ]);
});
