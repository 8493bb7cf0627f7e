// @vitest-environment happy-dom
import { expect, test } from "vitest";
import type { Span } from "../../src/hierarchy/selection.ts";
import { buildTree, type Tree } from "../../src/hierarchy/tree.ts";
import { nodesIn } from "../../src/loading/comparedRates.ts";
import { pets } from "../pets.ts";

/** Classes in the order of the page, without groups. */
function flat(ids: string[], sizes = ids.map(() => 1)): Tree {
  return buildTree({
    parents: [-1, ...ids.map(() => 0)],
    ids: ["(root)", ...ids],
    names: ["all", ...ids],
    labels: [-1, ...ids.keys()],
    sizes,
    levels: [],
  });
}

const ids = Array.from(pets.leaves, (leaf) => pets.ids[leaf]!);
const all: Span = [0, ids.length];

test("in its own tree a part is of as few nodes as can be", () => {
  expect(nodesIn(pets, pets, all)).toEqual([0]);
});

test("in another tree the classes are found by their ids", () => {
  const there = flat(["another", ...ids.toReversed()]);
  expect(nodesIn(there, pets, [0, 2])).toEqual([ids.length + 1, ids.length]);
  expect(nodesIn(there, pets, all)).toHaveLength(ids.length);
});

test("a part of which the other lacks a class has no rate there", () => {
  const there = flat(ids.slice(1));
  expect(nodesIn(there, pets, [0, 2])).toBeNull();
  expect(nodesIn(there, pets, [1, 2])).toEqual([1]);
});

test("groups of a head are no classes, whatever they are called", () => {
  const groups = flat(["group 0", "group 1"], [3, 1]);
  const others = flat(["group 0", "group 1"], [1, 3]);
  expect(nodesIn(others, groups, [0, 1])).toBeNull();
});

test("more nodes than the server takes are not asked for", () => {
  const many = Array.from({ length: 1001 }, (_, i) => `class ${i}`);
  const there = flat([...many.slice(1), many[0]!]);
  expect(nodesIn(there, flat(many), [0, 1001])).toBeNull();
  expect(nodesIn(there, flat(many), [0, 1000])).toHaveLength(1000);
});
