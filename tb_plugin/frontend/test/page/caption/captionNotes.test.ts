// @vitest-environment happy-dom
/** What the caption says of computed trees, of probes and of coarse labels. */

import { expect, test } from "vitest";
import { buildTree, type Tree } from "../../../src/hierarchy/tree.ts";
import { isWeak } from "../../../src/hierarchy/weakGroups.ts";
import {
  notes,
  originInWords,
  probeInWords,
} from "../../../src/page/caption/captionNotes.ts";
import { level, tree } from "../../../src/state/page.ts";

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

function weakGroups(of: Tree): number[] {
  return [...of.names.keys()].filter((node) => isWeak(of, node));
}

test("groups that may not come back, whatever the order here", () => {
  const built = buildTree(computed);
  expect(weakGroups(built)).toEqual([1]);
  const turned = Int32Array.of(0, 4, 5, 6, 1, 2, 3);
  expect(weakGroups({ ...built, logged: turned })).toEqual([4]);
});

test("of few classes chance has much support, and half of the rest is asked for", () => {
  const built = buildTree({
    ...computed,
    support: [1, 0.72, 1, 1, 0.74, 1, 1],
    support_chance: [1, 0.46, 1, 1, 0.46, 1, 1],
  });
  expect(weakGroups(built)).toEqual([1]);
});

test("what is right of coarse labels at the level on screen", () => {
  const { origin: _, ...given } = computed;
  tree.value = buildTree(given);
  const said = (shown: number) => {
    level.value = shown;
    const levels: [number, number, number][] = [
      [2, 9, 5],
      [4, 3, 1],
    ];
    const info = { step: 1, wall_time: 0, coarse: 9, coarse_levels: levels };
    return notes(tree.value!, info)[1]![0];
  };
  expect(said(2)).toMatch(/^5 of the 9 known at 2 groups/);
  expect(said(4)).toMatch(/^1 of the 3 known at 4 groups/);
});

test("a tree that was given needs no note", () => {
  const { origin: _, ...given } = computed;
  const built = buildTree(given);
  expect(notes(built)).toEqual([]);
  expect(weakGroups(built)).toEqual([]);
});
