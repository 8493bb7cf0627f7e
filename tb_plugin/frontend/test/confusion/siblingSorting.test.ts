import { expect, test } from "vitest";
import { readEpoch } from "../../src/confusion/cells.ts";
import { reorderEpoch } from "../../src/confusion/reorderEpoch.ts";
import {
  concerns,
  ranksByLabel,
  ranksByRecall,
  ranksOfIds,
  sorted,
} from "../../src/confusion/siblingSorting.ts";
import {
  buildTree,
  contains,
  lowestCommonAncestor,
  type Tree,
} from "../../src/hierarchy/tree.ts";
import {
  type Order,
  orderFromText,
  orderToText,
  TREE,
} from "../../src/state/orderText.ts";
import { pets, petsJson, petsMatrix } from "../pets.ts";

const epoch = readEpoch(petsMatrix, pets);
const leafNames = (tree: Tree): string[] =>
  [...tree.leaves].map((node) => tree.names[node]!);

test("siblings by label: the smallest of each group counts", () => {
  // bus 0, husky 1, pug 2, tabby 3: car holds 0, animal 1; dog 1, cat 3.
  const tree = sorted(pets, ranksByLabel(pets));
  expect(leafNames(tree)).toEqual(["bus", "husky", "pug", "tabby"]);
  expect([...tree.order]).toEqual([0, 1, 2, 3]);
  expect(tree.ids).toEqual([
    "all",
    "car",
    "bus",
    "animal",
    "dog",
    "husky",
    "pug",
    "cat",
    "tabby",
  ]);
});

test("a tree made by errors stays one in another order", () => {
  const made = buildTree({ ...petsJson, origin: "confusions" });
  const tree = sorted(made, ranksByLabel(made));
  expect(tree).not.toBe(made);
  expect(tree.computed).not.toBeNull();
  expect(tree.computed).toBe(made.computed);
});

test("siblings by recall, the worst first", () => {
  // pug 8 of 10, husky 6 of 10; dog 19 of 20, cat 9 of 10; animal 29 of 30,
  // car 9 of 10.
  const tree = sorted(pets, ranksByRecall(pets, epoch.sums));
  expect(leafNames(tree)).toEqual(["bus", "tabby", "husky", "pug"]);
});

test("a group without samples comes last", () => {
  const { sums } = epoch;
  const actual = sums.support.slice();
  actual[pets.ids.indexOf("husky")] = 0;
  const inside = sums.truePositives.slice();
  inside[pets.ids.indexOf("husky")] = 0;
  const tree = sorted(
    pets,
    ranksByRecall(pets, { ...sums, support: actual, truePositives: inside }),
  );
  expect(leafNames(tree)).toEqual(["bus", "tabby", "pug", "husky"]);
});

test("groups stay together, whatever the ranks", () => {
  const ids = ["all", "tabby", "bus", "pug", "husky", "car", "cat", "animal"];
  const tree = sorted(pets, ranksOfIds([...ids, "dog"]));
  expect(leafNames(tree)).toEqual(["bus", "tabby", "pug", "husky"]);
  expect(tree.levels.map(({ groups }) => groups)).toEqual([2, 3, 4]);
  expect([...tree.levels[1]!.nodes].map((node) => tree.names[node])).toEqual([
    "car",
    "cat",
    "dog",
  ]);
  const animal = tree.ids.indexOf("animal");
  expect(contains(tree, animal, tree.ids.indexOf("pug"))).toBe(true);
  // tabby and pug, in places 1 and 2, meet at animal.
  expect(lowestCommonAncestor(tree, 1, 2)).toBe(animal);
});

test("siblings that have no rank keep the tree's order", () => {
  // As after another output, which does not tell dogs apart.
  const tree = sorted(pets, ranksOfIds(["car", "animal", "cat", "dog"]));
  expect(leafNames(tree)).toEqual(["bus", "tabby", "pug", "husky"]);
  expect(concerns(pets, ranksOfIds(["cat"]))).toBe(true);
  expect(concerns(pets, ranksOfIds(["all", "cow"]))).toBe(false);
});

test("nodes remember their number in the log", () => {
  const tree = sorted(pets, ranksByLabel(pets));
  const names = [...tree.logged].map((node) => pets.names[node]);
  expect(names).toEqual(tree.names);
  // Sorted once more, they still do.
  const twice = sorted(tree, ranksByRecall(pets, epoch.sums));
  expect([...twice.logged].map((node) => pets.names[node])).toEqual(
    twice.names,
  );
});

test("an epoch moves along, as if it were read anew", () => {
  const tree = sorted(pets, ranksByLabel(pets));
  const moved = reorderEpoch(epoch, pets, tree);
  const anew = readEpoch(petsMatrix, tree);
  expect(moved).toEqual(anew);
  expect([...moved.cells.diagonal]).toEqual([9, 6, 8, 9]);
  // And back.
  expect(reorderEpoch(moved, tree, pets).sums).toEqual(epoch.sums);
});

test("an order survives the way through a link", () => {
  const orders: Order[] = [
    TREE,
    { by: "label" },
    {
      by: "confusion",
      step: 50,
      run: "a & b/validation",
      output: "two words",
    },
    { by: "recall", run: "100 %", output: "class", step: 1 },
    // A time, as some programs number their steps.
    { by: "recall", run: "a", output: "class", step: 1_700_000_000_000 },
  ];
  for (const order of orders) {
    expect(orderFromText(orderToText(order))).toEqual(order);
  }
});

test("a link that makes no sense means the tree's order", () => {
  const odd = ["", "x", "recall", "recall 1 class", "recall x class run"];
  for (const text of [...odd, "recall 1 %E0%A4%A run"]) {
    expect(orderFromText(text)).toEqual(TREE);
  }
});
