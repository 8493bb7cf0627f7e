import { expect, test } from "vitest";
import { collapse, readEpoch } from "../../src/confusion/cells.ts";
import { decodeMatrix } from "../../src/confusion/matrixFormat.ts";
import { reorderEpoch } from "../../src/confusion/reorderEpoch.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import { encode, pets, petsMatrix } from "../pets.ts";

/** The positions of labels that stay where they are. */
const inPlace = (size: number): Int32Array =>
  Int32Array.from({ length: size }, (_, label) => label);

test("columns are running sums of deltas, row by row", () => {
  const matrix = decodeMatrix(petsMatrix, inPlace(4));
  expect([...matrix.rowStart]).toEqual([0, 2, 5, 7, 9]);
  expect([...matrix.column]).toEqual([0, 3, 1, 2, 3, 1, 2, 0, 3]);
  expect([...matrix.count]).toEqual([9, 1, 6, 3, 1, 2, 8, 1, 9]);
});

test("numbers above 127 take several bytes, the low seven bits first", () => {
  const one = inPlace(1);
  // 300 = 0b10_0101100, and 2^31 + 1 is beyond a signed integer.
  const matrix = decodeMatrix(encode(1, [1], [0], [0b10101100, 0b10]), one);
  expect([...matrix.count]).toEqual([300]);
  const large = decodeMatrix(encode(1, [1], [0], [129, 128, 128, 128, 8]), one);
  expect([...large.count]).toEqual([2 ** 31 + 1]);
});

test("counts, their sums and other orders of them go beyond 32 bits", () => {
  const large = [128, 128, 128, 128, 32];
  const total = 3 * 2 ** 33;
  const blob = encode(
    4,
    [2, 1, 0, 0],
    [1, 1, 3],
    [...large, ...large, ...large],
    { total },
  );
  const epoch = readEpoch(blob, pets);
  expect(epoch.errors).toBe(total);
  expect([...epoch.cells.count]).toEqual([2 ** 33, 2 ** 33, 2 ** 33]);
  const sums = collapse(
    epoch.cells,
    makeCut(pets, pets.levels[0]!.nodes),
    false,
  );
  expect(Math.max(...sums.count)).toBe(2 ** 34);
  const moved = reorderEpoch(epoch, pets, pets);
  expect([...moved.cells.count]).toEqual([...epoch.cells.count]);
});

test("decoded in an order it is what the order makes of it", () => {
  const positions = Int32Array.of(3, 1, 0, 2);
  const asLogged = decodeMatrix(petsMatrix, inPlace(4));
  const inOrder = decodeMatrix(petsMatrix, positions);
  for (let label = 0; label < 4; label++) {
    const rowOf = (
      { rowStart, column, count }: typeof asLogged,
      row: number,
      become: (column: number) => number,
    ): number[][] =>
      Array.from(column.subarray(rowStart[row], rowStart[row + 1]), become).map(
        (to, i) => [to, count[rowStart[row]! + i]!],
      );
    expect(rowOf(inOrder, positions[label]!, (to) => to)).toEqual(
      rowOf(asLogged, label, (to) => positions[to]!),
    );
  }
});

test("a matrix of another size than its tree is refused", () => {
  const one = encode(1, [1], [0], [1]);
  expect(() => decodeMatrix(one, inPlace(2))).toThrow("1 rows");
});
