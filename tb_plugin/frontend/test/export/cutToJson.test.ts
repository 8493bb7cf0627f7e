import { expect, test } from "vitest";
import { ranksByLabel, sorted } from "../../src/confusion/siblingSorting.ts";
import { cutToJson } from "../../src/export/exports.ts";
import { cutNodes } from "../../src/hierarchy/cuts.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import { buildTree } from "../../src/hierarchy/tree.ts";
import { pets, petsJson } from "../pets.ts";

test("the tree of a cut is the tree that was logged", () => {
  const written = JSON.parse(
    cutToJson(pets, makeCut(pets, pets.levels[1]!.nodes)),
  );
  const { parents, ids, names, labels } = petsJson;
  expect(written).toEqual({
    format: "keras-hier/hierarchy",
    version: 1,
    parents,
    ids,
    names,
    labels,
    cut: ["dog", "cat", "car"],
  });
});

test("in another order it keeps the labels of the classes", () => {
  const tree = sorted(pets, ranksByLabel(pets));
  const folds = { closed: new Set(["dog"]), opened: new Set<string>() };
  const nodes = cutNodes(tree, tree.levels[2]!.nodes, folds);
  const written = JSON.parse(cutToJson(tree, makeCut(tree, nodes)));
  expect(written.cut).toEqual(["bus", "dog", "tabby"]);
  // bus is the first class now, and still label 0.
  expect(written.labels).toEqual([-1, -1, 0, -1, -1, 1, 2, -1, 3]);
  const sizes = [1, 1, 1, 1];
  const read = buildTree({ ...written, sizes, levels: [] });
  expect(written.ids).toEqual(tree.ids);
  expect([...read.order]).toEqual([0, 1, 2, 3]);
  expect(read.names).toEqual(tree.names);
});

test("columns that are folded apart have a cut of their own", () => {
  const [, groups, classes] = pets.levels.map(({ nodes }) => nodes);
  const written = JSON.parse(cutToJson(pets, makeCut(pets, groups!, classes)));
  expect(written.cut).toEqual(["dog", "cat", "car"]);
  expect(written.cut_columns).toEqual(["pug", "husky", "tabby", "bus"]);
});

test("it stays a tree that was computed, with the names of its levels", () => {
  const names = petsJson.names.with(6, "cat (itself)");
  const json = {
    ...petsJson,
    names,
    level_names: ["kind"],
    origin: "confusions",
    origin_samples: 40,
    origin_errors: 2,
    support: petsJson.ids.map((_, node) => node / 10),
    support_chance: petsJson.ids.map((_, node) => node / 100),
    inside: [0.9],
    inside_held_out: [0.5],
    inside_chance: [0.1],
  };
  const { levels, sizes, ...logged } = json;
  const tree = buildTree(structuredClone(json));
  const whole = makeCut(tree, tree.levels[1]!.nodes);
  expect(JSON.parse(cutToJson(tree, whole))).toEqual({
    format: "keras-hier/hierarchy",
    version: 1,
    ...logged,
    cut: ["dog", "cat", "car"],
  });
  const turned = sorted(tree, ranksByLabel(tree));
  const cut = makeCut(turned, turned.levels[1]!.nodes);
  const written = JSON.parse(cutToJson(turned, cut));
  expect(written.origin).toBe("confusions");
  expect(written.ids).not.toEqual(logged.ids);
  // Every node keeps its own.
  for (const [node, id] of written.ids.entries()) {
    const before = logged.ids.indexOf(id);
    expect(written.names[node]).toBe(names[before]);
    expect(written.support[node]).toBe(before / 10);
    expect(written.support_chance[node]).toBe(before / 100);
  }
});
