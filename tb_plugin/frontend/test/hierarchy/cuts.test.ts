import { expect, test } from "vitest";
import { collapse, readEpoch } from "../../src/confusion/cells.ts";
import { ranksByLabel, sorted } from "../../src/confusion/siblingSorting.ts";
import {
  type Axis,
  type BothFolds,
  close,
  coarser,
  collapsedAncestor,
  cutNodes,
  type Folds,
  foldOf,
  isOutlined,
  NO_FOLDS,
  open,
  toggle,
  underFolds,
  unfolded,
} from "../../src/hierarchy/cuts.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import { pets, petsMatrix } from "../pets.ts";

const [groups2, groups3, classes] = pets.levels.map(({ nodes }) => nodes) as [
  Int32Array,
  Int32Array,
  Int32Array,
];
const at = (id: string): number => pets.ids.indexOf(id);
const names = (nodes: Int32Array): string[] =>
  [...nodes].map((node) => pets.names[node]!);
const cut = (level: Int32Array, folds: Folds): string[] =>
  names(cutNodes(pets, level, folds));

test("without folds a cut is the level", () => {
  expect(cutNodes(pets, groups3, NO_FOLDS)).toBe(groups3);
});

test("closing a group among classes", () => {
  const folds = close(pets, classes, NO_FOLDS, at("dog"));
  expect(cut(classes, folds)).toEqual(["dog", "tabby", "bus"]);
  const more = close(pets, classes, folds, at("animal"));
  expect(cut(classes, more)).toEqual(["animal", "bus"]);
  // What lies inside has nothing left to say.
  expect([...more.closed]).toEqual(["animal"]);
});

test("opening it brings back what the level shows", () => {
  const folds = close(pets, classes, NO_FOLDS, at("animal"));
  expect(open(pets, classes, folds, at("animal"))).toEqual(NO_FOLDS);
});

test("opening a group of a level shows the next finer one", () => {
  const folds = open(pets, groups2, NO_FOLDS, at("animal"));
  expect(cut(groups2, folds)).toEqual(["dog", "cat", "car"]);
  const more = open(pets, groups2, folds, at("dog"));
  expect(cut(groups2, more)).toEqual(["pug", "husky", "cat", "car"]);
  // Closed at the level, it needs no word of its own.
  expect(close(pets, groups2, more, at("animal"))).toEqual(NO_FOLDS);
});

test("folds hold in another order of the tree", () => {
  const tree = sorted(pets, ranksByLabel(pets));
  const folds = close(pets, classes, NO_FOLDS, at("dog"));
  const nodes = cutNodes(tree, tree.levels[2]!.nodes, folds);
  expect([...nodes].map((node) => tree.names[node])).toEqual([
    "bus",
    "dog",
    "tabby",
  ]);
});

test("ids that a tree does not have fold nothing", () => {
  const folds = { closed: new Set(["cow"]), opened: new Set(["hen"]) };
  expect(cut(groups3, folds)).toEqual(["dog", "cat", "car"]);
});

test("who holds a node, and what its arrow does", () => {
  const nodes = cutNodes(
    pets,
    classes,
    close(pets, classes, NO_FOLDS, at("dog")),
  );
  expect(collapsedAncestor(pets, nodes, at("husky"))).toBe(at("dog"));
  expect(collapsedAncestor(pets, nodes, at("animal"))).toBe(null);
  expect(foldOf(pets, nodes, at("dog"))).toBe("open");
  expect(foldOf(pets, nodes, at("animal"))).toBe("close");
  // One class, and the whole, cannot be folded; nor what is hidden.
  for (const id of ["cat", "tabby", "all", "husky"]) {
    expect(foldOf(pets, nodes, at(id))).toBe(null);
  }
});

const none = { rows: NO_FOLDS, columns: NO_FOLDS };
const both = { axis: "rows", alone: false } as const;

test("one key closes and opens, from wherever it is pressed", () => {
  const press = (folds: BothFolds, id: string): BothFolds =>
    toggle(pets, classes, folds, at(id), both);
  const closed = press(none, "dog");
  expect([...closed.rows.closed]).toEqual(["dog"]);
  expect(closed.columns).toBe(closed.rows);
  expect(press(closed, "dog")).toEqual(none);
  // On a class its group is meant, twice over.
  expect(press(none, "pug")).toEqual(closed);
  expect(press(closed, "pug")).toEqual(none);
  // tabby is alone among cats: the next group with more is meant.
  expect([...press(none, "tabby").rows.closed]).toEqual(["animal"]);
  expect(press(none, "all")).toBe(none);
});

test("rows and columns fold apart, and together again", () => {
  const alone = (folds: BothFolds, axis: Axis, id = "dog"): BothFolds =>
    toggle(pets, classes, folds, at(id), { axis, alone: true });
  const apart = alone(none, "rows");
  expect([...apart.rows.closed]).toEqual(["dog"]);
  expect(apart.columns).toEqual(NO_FOLDS);
  // The same on the other axis, and they are one again.
  const joined = alone(apart, "columns");
  expect(joined.columns).toBe(joined.rows);
  // Without Shift the other axis follows, whatever it was.
  const opened = toggle(pets, classes, apart, at("dog"), both);
  expect(opened).toEqual(none);
  const closed = toggle(pets, classes, apart, at("dog"), {
    axis: "columns",
    alone: false,
  });
  expect(closed).toEqual(joined);
  expect(closed.columns).toBe(closed.rows);
  // In a larger group of the other axis there is nothing to open.
  const wide = alone(apart, "columns", "animal");
  const rest = toggle(pets, classes, wide, at("dog"), both);
  expect(rest.rows).toEqual(NO_FOLDS);
  expect([...rest.columns.closed]).toEqual(["animal"]);
});

test("groups folded by hand do not count as those of the level", () => {
  const dogs = close(pets, classes, NO_FOLDS, at("dog"));
  const nodes = cutNodes(pets, classes, dogs);
  expect(names(unfolded(pets, nodes, dogs))).toEqual(["tabby", "bus"]);
  expect(unfolded(pets, classes, NO_FOLDS)).toEqual(classes);
  const all = { closed: new Set(["dog", "cat", "car"]), opened: new Set("") };
  expect(unfolded(pets, groups3, all)).toBe(groups3);
});

test("outlines are of groups that are divided, and in none that is not", () => {
  const dogs = cutNodes(
    pets,
    classes,
    close(pets, classes, NO_FOLDS, at("dog")),
  );
  const outlined = (rows: Int32Array, columns: Int32Array): string[] =>
    ["animal", "dog", "pug"].filter((id) =>
      isOutlined(pets, makeCut(pets, rows, columns), at(id)),
    );
  expect(outlined(classes, classes)).toEqual(["animal", "dog"]);
  expect(outlined(dogs, dogs)).toEqual(["animal"]);
  // One row of dogs over two columns.
  expect(outlined(dogs, classes)).toEqual(["animal", "dog"]);
  expect(outlined(groups2, classes)).toEqual(["animal"]);
});

test("the coarser of two cuts, place by place", () => {
  const mixed = Int32Array.of(at("pug"), at("husky"), at("cat"), at("car"));
  expect(names(coarser(pets, groups2, mixed))).toEqual(["animal", "car"]);
  expect(names(coarser(pets, mixed, groups3))).toEqual(["dog", "cat", "car"]);
  const dog = Int32Array.of(at("dog"), at("tabby"), at("bus"));
  expect(names(coarser(pets, classes, dog))).toEqual(["dog", "tabby", "bus"]);
});

test("closed groups stand in the trees for what they hold", () => {
  const folds = close(pets, classes, NO_FOLDS, at("animal"));
  const nodes = cutNodes(pets, classes, folds);
  const column = Int32Array.of(at("dog"), at("cat"), at("car"));
  expect(names(underFolds(pets, column, nodes, folds))).toEqual([
    "animal",
    "car",
  ]);
});

test("cells of mixed levels are sums of what they hold", () => {
  const { cells } = readEpoch(petsMatrix, pets);
  const folds = close(pets, classes, NO_FOLDS, at("dog"));
  const mixed = makeCut(pets, cutNodes(pets, classes, folds));
  //        dog tabby bus
  // dog     19    1    0     of which 14 right, 5 wrong dogs
  // tabby    0    9    1
  // bus      0    1    9
  const errors = collapse(cells, mixed, true);
  expect([...errors.diagonal]).toEqual([5, 0, 0]);
  expect([...errors.rowStart]).toEqual([0, 1, 2, 3]);
  expect([...errors.column]).toEqual([1, 2, 1]);
  expect([...errors.count]).toEqual([1, 1, 1]);
  expect([...collapse(cells, mixed, false).diagonal]).toEqual([19, 9, 9]);
  expect([...mixed.edge]).toEqual([0, 2, 3, 4]);
});
