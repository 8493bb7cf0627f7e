import { expect, test } from "vitest";
import {
  cellsBelow,
  collapse,
  countAt,
  precision,
  readEpoch,
  recall,
  sortByCount,
} from "../../src/confusion/cells.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import { buildTree } from "../../src/hierarchy/tree.ts";
import { pets, petsEpoch, petsJson, petsMatrix } from "../pets.ts";

const { cells, sums } = petsEpoch;

test("cells stand in the order of the tree, right answers apart", () => {
  expect([...cells.diagonal]).toEqual([8, 6, 9, 9]);
  expect(countAt(cells, 0, 1)).toBe(2);
  expect(countAt(cells, 1, 0)).toBe(3);
  expect(countAt(cells, 3, 2)).toBe(1);
  expect(countAt(cells, 0, 3)).toBe(0);
  expect(petsEpoch.total).toBe(40);
  expect(petsEpoch.errors).toBe(8);
});

test("the weakest cells come first", () => {
  const counts = [...cells.weakestFirst].map((k) => cells.count[k]);
  expect(counts).toEqual([1, 1, 1, 2, 3]);
});

test("sums of a node are its row band, column band, block and diagonal", () => {
  const [animal, dog] = [1, 2];
  expect(sums.support[dog]).toBe(20);
  expect(sums.predictedCount[dog]).toBe(19);
  expect(sums.truePositives[dog]).toBe(19);
  expect(sums.correct[dog]).toBe(14);
  expect(sums.support[animal]).toBe(30);
  expect(sums.truePositives[animal]).toBe(29);
  expect(sums.predictedCount[animal]).toBe(30);
  expect(sums.truePositives[0]).toBe(40);
  expect(recall(sums, dog)).toBeCloseTo(19 / 20);
  expect(precision(sums, animal)).toBeCloseTo(29 / 30);
});

test("a cut adds up the cells of its blocks; its diagonal keeps errors", () => {
  const cut = makeCut(pets, pets.levels[1]!.nodes);
  const errors = collapse(cells, cut, true);
  expect([...errors.diagonal]).toEqual([5, 0, 0]);
  expect(countAt(errors, 0, 1)).toBe(1);
  expect(countAt(errors, 1, 2)).toBe(1);
  expect([...errors.rowStart]).toEqual([0, 1, 2, 3]);
  const all = collapse(cells, cut, false);
  expect([...all.diagonal]).toEqual([19, 9, 9]);
  expect([...all.count]).toEqual([...errors.count]);
});

test("a matrix of another size than its tree is refused", () => {
  const two = {
    parents: [-1, 0, 0],
    ids: ["a", "b", "c"],
    names: ["a", "b", "c"],
    labels: [-1, 0, 1],
    sizes: [1, 1],
    levels: [],
  };
  expect(() => readEpoch(petsMatrix, buildTree(two))).toThrow("4 rows");
});

test("edges of a cut are places, not positions", () => {
  const tree = buildTree({ ...petsJson, sizes: [1, 10, 20, 3] });
  expect([...makeCut(tree, tree.levels[1]!.nodes).edge]).toEqual([
    0, 30, 33, 34,
  ]);
});

test("cells below a count are as many as there are, also of very large ones", () => {
  const count = Uint32Array.of(9000, 1, 5, 4095, 2, 4094, 2, 5000, 70_000);
  const order = sortByCount(count);
  for (const least of [1, 2, 3, 4094, 4095, 4096, 5001, 1e5]) {
    expect(cellsBelow(count, order, least)).toBe(
      count.filter((each) => each < least).length,
    );
  }
  expect(cellsBelow(count, order, Number.POSITIVE_INFINITY)).toBe(9);
});
