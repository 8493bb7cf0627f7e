// @vitest-environment happy-dom
import { expect, test } from "vitest";
import type { Span } from "../../src/hierarchy/selection.ts";
import { buildTree, type Tree } from "../../src/hierarchy/tree.ts";
import {
  comparedRates,
  followComparedRates,
  nodesIn,
} from "../../src/loading/comparedRates.ts";
import { followRates } from "../../src/loading/rates.ts";
import { chooseRun } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { partRates } from "../../src/state/partRates.ts";
import { memorySource, petsRun } from "../memorySource.ts";
import { flat as flatJson, pets } from "../pets.ts";

const flat = (ids: string[], sizes?: number[]): Tree =>
  buildTree(flatJson(ids, sizes));

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

test("the rates of one output do not stand beside those of another", async () => {
  const shown = { ...petsRun, outputs: ["class", "conv1"] };
  const train = { ...shown, run: "pets/train", split: "train" };
  const memory = memorySource([shown, train]);
  useSource({
    ...memory,
    rates: async (run, output, rows, columns) => {
      if (run === train.run && output === "conv1") throw new Error("damaged");
      return memory.rates(run, output, rows, columns);
    },
  });
  await start({ run: shown.run });
  followRates();
  followComparedRates();
  await expect.poll(() => view.tree.value !== null).toBe(true);
  view.select(pets.ids.indexOf("dog"), pets.ids.indexOf("tabby"));
  await expect.poll(() => comparedRates.value.length).toBe(2);
  await chooseRun(shown.run, "conv1");
  expect(comparedRates.value).toEqual([]);
  await expect.poll(() => partRates.value?.length).toBe(2);
  await new Promise((done) => setTimeout(done, 50));
  expect(comparedRates.value).toEqual([]);
});
