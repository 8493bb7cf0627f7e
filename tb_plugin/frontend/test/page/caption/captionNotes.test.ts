// @vitest-environment happy-dom
/** What the caption says of samples known as a group only. */

import { expect, test } from "vitest";
import { buildTree } from "../../../src/hierarchy/tree.ts";
import {
  coarseInWords,
  notes,
  originInWords,
  probeInWords,
  weakGroups,
} from "../../../src/page/caption/captionNotes.ts";

const epoch = { step: 1, wall_time: 0 };
const words = (coarse: number, levels: [number, number, number][]): string[] =>
  coarseInWords({ ...epoch, coarse, coarse_levels: levels }).map(
    ([text]) => text,
  );

test("how many stand in no cell, and the finest level that judges any", () => {
  expect(
    words(1234, [
      [4, 1234, 1100],
      [12, 1200, 1000],
      [48, 0, 0],
    ]),
  ).toEqual([
    "1,234 samples with coarse labels are in no cell",
    "1,000 of the 1,200 known at 12 groups are in the right one",
  ]);
});

test("what naming the largest group would have right, where it is known", () => {
  const info = { ...epoch, coarse: 1234, coarse_largest: [800, 214, 0] };
  const [, said] = coarseInWords({
    ...info,
    coarse_levels: [
      [4, 1234, 1100],
      [12, 1200, 1000],
      [48, 0, 0],
    ],
  });
  expect(said![0]).toBe(
    "1,000 of the 1,200 known at 12 groups are in the right one, " +
      "214 by naming the largest",
  );
});

test("a single one, of which nothing is known", () => {
  expect(words(1, [[4, 0, 0]])).toEqual([
    "1 sample with a coarse label is in no cell",
  ]);
  expect(words(1, [])).toHaveLength(1);
});

test("a single one that is right", () => {
  expect(words(1, [[4, 1, 1]])[1]).toBe(
    "1 of the 1 known at 4 groups is in the right one",
  );
});

test("a probe that trains along learns itself, one fitted after does not", () => {
  const words = (name: string) => probeInWords(name).map(([text]) => text);
  expect(words("conv4_probe8")).toEqual([
    "trained along: part of what it gains is its own learning",
  ]);
  for (const name of ["conv4_linear", "conv4_groups8", "class", "_probe"]) {
    expect(words(name)).toEqual([]);
  }
});

const computed = {
  parents: [-1, 0, 1, 1, 0, 4, 4],
  ids: ["r", "g:1", "a", "b", "g:2", "c", "d"],
  names: ["all", "a, b", "a", "b", "c, d", "c", "d"],
  labels: [-1, -1, 0, 1, -1, 2, 3],
  sizes: [1, 1, 1, 1],
  levels: [
    { groups: 2, nodes: [1, 4] },
    { groups: 4, nodes: [2, 3, 5, 6] },
  ],
  origin: "confusions",
  origin_errors: 13634,
  support: [1, 0.34, 1, 1, 0.5, 1, 1],
  inside_held_out: [0.631],
  inside_chance: [0.333],
};

test("what a tree was computed from, and what other errors say of it", () => {
  expect(originInWords(computed).map(([text]) => text)).toEqual([
    "tree computed from 13,634 of these errors",
    "63.1 % of errors it has not seen are inside its 2 groups, 33.3 % by chance",
  ]);
  const { inside_held_out: _, ...unknown } = computed;
  expect(originInWords(unknown)).toHaveLength(1);
  expect(originInWords({ ...unknown, origin: "means" })[0]![0]).toBe(
    "tree computed from class means",
  );
});

test("groups that other samples would not make, whatever the order here", () => {
  const tree = buildTree(computed);
  expect(weakGroups(tree)).toEqual([1]);
  const turned = Int32Array.of(0, 4, 5, 6, 1, 2, 3);
  expect(weakGroups({ ...tree, logged: turned })).toEqual([4]);
});

test("of few classes chance has much support, and half of the rest is asked for", () => {
  const tree = buildTree({
    ...computed,
    support: [1, 0.72, 1, 1, 0.74, 1, 1],
    support_chance: [1, 0.46, 1, 1, 0.46, 1, 1],
  });
  expect(weakGroups(tree)).toEqual([1]);
});

test("a tree that was given needs no note", () => {
  const { origin: _, ...given } = computed;
  const tree = buildTree(given);
  expect(notes(tree)).toEqual([]);
  expect(weakGroups(tree)).toEqual([]);
});
