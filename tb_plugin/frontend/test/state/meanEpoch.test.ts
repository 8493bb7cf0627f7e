import { expect, test } from "vitest";
import { collapse, readEpoch } from "../../src/confusion/cells.ts";
import { testChanges } from "../../src/confusion/chance.ts";
import { subtract } from "../../src/confusion/difference.ts";
import {
  recallInterval,
  wilsonInterval,
} from "../../src/confusion/interval.ts";
import { decodeMatrix } from "../../src/confusion/matrixFormat.ts";
import { reorderEpoch } from "../../src/confusion/reorderEpoch.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import { meanOf } from "../../src/state/seeds/meanEpoch.ts";
import { encode, pets } from "../pets.ts";

/** Of three runs: 30, 25 + 5, 30, 30 samples. */
function summed(runs?: number) {
  const counts = [30, 25, 5, 30, 30];
  const blob = encode(4, [1, 2, 1, 1], [0, 1, 1, 2, 3], counts);
  return readEpoch(decodeMatrix(blob), pets, runs);
}

test("a matrix of one run is its own mean", () => {
  const epoch = summed();
  expect(meanOf(epoch)).toBe(epoch);
});

test("the mean of three runs is a third of their sum, and no more rounded", () => {
  const sum = summed(3);
  const mean = meanOf(sum);
  expect(mean.total).toBe(40);
  expect([...mean.cells.count]).toEqual([...sum.cells.count].map((n) => n / 3));
  expect(mean.sums.support[0]).toBe(40);
  expect(meanOf(sum)).toBe(mean);
  expect(meanOf(mean)).toBe(mean);
});

test("means keep their fractions when they are summed over groups", () => {
  const mean = meanOf(summed(3));
  for (const { nodes } of pets.levels) {
    const level = collapse(mean.cells, makeCut(pets, nodes), false);
    const all = [...level.count, ...level.diagonal];
    expect(all.reduce((sum, count) => sum + count, 0)).toBeCloseTo(40, 9);
  }
});

test("what is of three runs stays so in another order", () => {
  expect(reorderEpoch(summed(3), pets, pets).sums.runs).toBe(3);
});

test("three runs over the same samples are known as well as one of them", () => {
  const { sums } = summed(3);
  expect(recallInterval(sums, 0)).toEqual(wilsonInterval(40, 40));
  const leaf = [...pets.leaves].find((node) => sums.correct[node] === 25)!;
  expect(recallInterval(sums, leaf)).toEqual(wilsonInterval(25 / 3, 10));
});

test("sets of unequal size with the same means do not differ", () => {
  const one = meanOf(summed(3)).cells;
  const blob = encode(4, [1, 2, 1, 1], [0, 1, 1, 2, 3], [60, 50, 10, 60, 60]);
  const two = meanOf(readEpoch(decodeMatrix(blob), pets, 6)).cells;
  const found = subtract(one, two);
  expect(found.change.length).toBe(0);
  expect([...found.diagonal]).toEqual([0, 0, 0, 0]);
});

test("a mean is tested as the count of one run", () => {
  const cells = (blob: ArrayBuffer, runs: number) =>
    meanOf(readEpoch(decodeMatrix(blob), pets, runs)).cells;
  const few = encode(4, [1, 2, 1, 1], [0, 1, 1, 2, 3], [90, 42, 48, 90, 90]);
  const many = encode(4, [1, 2, 1, 1], [0, 1, 1, 2, 3], [90, 87, 3, 90, 90]);
  const rows = {
    shown: new Float64Array(4).fill(30),
    other: new Float64Array(4).fill(30),
  };
  // 16 against 1 of 30 is p < 0.001; 5 against 0 of 9 is 0.06.
  const found = testChanges(
    subtract(cells(few, 3), cells(many, 3)),
    rows,
    false,
  );
  expect([...found.isBeyond]).toEqual([1]);
  const ten = testChanges(
    subtract(cells(few, 10), cells(many, 10)),
    rows,
    false,
  );
  expect([...ten.isBeyond]).toEqual([0]);
});
