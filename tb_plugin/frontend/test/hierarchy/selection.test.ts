import { expect, test } from "vitest";
import {
  boxFromLabels,
  boxToLabels,
  carryOver,
  chosenOn,
  isWithin,
  kindOf,
  selectionOf,
  spansOf,
} from "../../src/hierarchy/selection.ts";
import { buildTree } from "../../src/hierarchy/tree.ts";
import { pets, petsJson } from "../pets.ts";

// In the order of the tree: pug 0, husky 1, tabby 2, bus 3.
const [animal, dog, husky, tabby, car, bus] = [1, 2, 4, 6, 7, 8] as const;

test("a rectangle that is a pair of nodes is one", () => {
  expect(selectionOf(pets, { rows: [0, 2], columns: [0, 2] })).toEqual({
    rows: dog,
    columns: dog,
  });
  expect(selectionOf(pets, { rows: [0, 3], columns: [3, 4] })).toEqual({
    rows: animal,
    columns: bus,
  });
  expect(selectionOf(pets, { rows: [1, 3], columns: [2, 3] })).toEqual({
    rows: animal,
    columns: tabby,
    box: { rows: [1, 3], columns: [2, 3] },
  });
});

test("kinds, and the positions they cover", () => {
  expect(kindOf({ rows: 0, columns: 0 })).toBe("all");
  expect(kindOf({ rows: dog, columns: dog })).toBe("group");
  expect(kindOf({ rows: dog, columns: 0 })).toBe("row band");
  expect(kindOf({ rows: 0, columns: dog })).toBe("column band");
  expect(kindOf({ rows: dog, columns: car })).toBe("block");
  const box = { rows: [1, 3], columns: [0, 4] } as const;
  expect(kindOf({ rows: 0, columns: 0, box })).toBe("rectangle");
  expect(spansOf(pets, { rows: dog, columns: 0 })).toEqual({
    rows: [0, 2],
    columns: [0, 4],
  });
});

test("of a rectangle, the groups in its span are chosen", () => {
  const chosen = chosenOn(
    "rows",
    selectionOf(pets, { rows: [1, 3], columns: [2, 3] }),
  );
  expect([husky, tabby].map((n) => isWithin(pets, chosen, n))).toEqual([
    true,
    true,
  ]);
  expect([animal, dog, bus].map((n) => isWithin(pets, chosen, n))).toEqual([
    false,
    false,
    false,
  ]);
});

// The same classes with the siblings turned round: tabby, husky, pug, bus.
const turned = buildTree({
  ...petsJson,
  parents: [-1, 0, 1, 2, 1, 4, 4, 0, 7],
  ids: ["all", "animal", "cat", "tabby", "dog", "husky", "pug", "car", "bus"],
  labels: [-1, -1, -1, 3, -1, 1, 2, -1, 0],
});

test("a selection goes over to a tree of another order", () => {
  const to = (selection: Parameters<typeof carryOver>[2]) =>
    carryOver(pets, turned, selection);
  expect(to({ rows: dog, columns: car })).toEqual({ rows: 4, columns: 7 });
  expect(to({ rows: dog, columns: 0 })).toEqual({ rows: 4, columns: 0 });
  // Husky and tabby are still neighbours: positions 0 and 1.
  expect(to(selectionOf(pets, { rows: [1, 3], columns: [2, 3] })).box).toEqual({
    rows: [0, 2],
    columns: [0, 1],
  });
  // Tabby and bus are not: the smallest nodes that held them remain.
  expect(to(selectionOf(pets, { rows: [2, 4], columns: [2, 3] }))).toEqual({
    rows: 0,
    columns: 3,
  });
});

test("a rectangle in a link survives another order, nonsense does not", () => {
  const box = { rows: [1, 3], columns: [2, 4] } as const;
  const labels = boxToLabels(pets, box);
  expect(labels).toEqual([1, 3, 3, 0]);
  expect(boxFromLabels(pets, labels)).toEqual(box);
  expect(boxFromLabels(pets, [1, 3, 3, 99])).toBeNull();
});
