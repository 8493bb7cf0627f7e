import { expect, test } from "vitest";
import { errorsBetween, sumBetween } from "../../src/confusion/blocks.ts";
import { type Cells, collapse, countAt } from "../../src/confusion/cells.ts";
import {
  makeScale,
  type Value,
  valueAt,
} from "../../src/confusion/cellValues.ts";
import { largestOf, subtract } from "../../src/confusion/difference.ts";
import { keep } from "../../src/confusion/filters.ts";
import {
  isMadeOf,
  pairAt,
  pairsIn,
  sortPairs,
} from "../../src/confusion/pairs.ts";
import {
  remainderOf,
  sumsIn,
  totalsOf,
  wholeOf,
} from "../../src/confusion/remainder.ts";
import { isAsymmetric, makeCut } from "../../src/hierarchy/groups.ts";
import { cellInWords } from "../../src/matrix/gestures/cellCursorKeys.ts";
import { pets, petsEpoch } from "../pets.ts";

const { cells, sums } = petsEpoch;
const [dog, pug, husky, tabby, bus] = [2, 3, 4, 6, 8] as const;
const rows = Int32Array.of(dog, tabby, bus);
const cut = makeCut(pets, rows, pets.leaves);
const all = collapse(cells, cut, false);
const errors = collapse(cells, cut, true);

function listed({ row, column, count }: Cells): number[][] {
  return [...count].map((n, k) => [row[k]!, column[k]!, n]);
}

// The rows of both dogs as one, their columns as two:
//        pug husky tabby bus
// dog     11     8     1   0    of which right: 8, 6
// tabby    0     0     9   1                    9
// bus      0     0     1   9                       9
test("cells of rows that are folded alone are sums of their rows", () => {
  expect(isAsymmetric(cut)).toBe(true);
  expect(isAsymmetric(makeCut(pets, rows, rows.slice()))).toBe(false);
  expect([all.size, all.width]).toEqual([3, 4]);
  expect(listed(all).sort()).toEqual([
    [0, 0, 11],
    [0, 1, 8],
    [0, 2, 1],
    [1, 2, 9],
    [1, 3, 1],
    [2, 2, 1],
    [2, 3, 9],
  ]);
  expect(listed(errors).sort()).toEqual([
    [0, 0, 3],
    [0, 1, 2],
    [0, 2, 1],
    [1, 3, 1],
    [2, 2, 1],
  ]);
  expect([...all.diagonal]).toEqual([0, 0, 0]);
  expect([...errors.rowStart]).toEqual([0, 3, 4, 5]);
  expect(countAt(all, 0, 0)).toBe(11);
  expect(countAt(all, 2, 3)).toBe(9);
});

test("of columns that are folded alone, of their columns", () => {
  const across = collapse(cells, makeCut(pets, pets.leaves, rows), true);
  expect([across.size, across.width]).toEqual([4, 3]);
  expect(listed(across).sort()).toEqual([
    [0, 0, 2],
    [1, 0, 3],
    [1, 1, 1],
    [2, 2, 1],
    [3, 1, 1],
  ]);
});

test("totals add up on both axes, filtered or not", () => {
  const sides = sumsIn(errors, wholeOf(errors));
  expect([...sides.rows]).toEqual([6, 1, 1]);
  expect([...sides.columns]).toEqual([3, 2, 2, 1]);
  expect(sides.total).toBe(8);
  expect(totalsOf(cut, petsEpoch, true)).toEqual(sides);
  const whole = sumsIn(all, wholeOf(all));
  expect(totalsOf(cut, petsEpoch, false)).toEqual(whole);
  const strong = keep(errors, (_row, _column, count) => count >= 2);
  expect(strong.width).toBe(4);
  const rest = remainderOf(sides, strong, wholeOf(strong));
  expect([...rest.rows]).toEqual([1, 1, 1]);
  expect([...rest.columns]).toEqual([0, 0, 2, 1]);
  expect(rest.total).toBe(3);
});

test("right answers within a group are told from errors", () => {
  expect(sumBetween(pets, petsEpoch, dog, pug)).toBe(11);
  expect(errorsBetween(pets, petsEpoch, dog, pug)).toBe(3);
  expect(errorsBetween(pets, petsEpoch, pug, dog)).toBe(2);
  expect(errorsBetween(pets, petsEpoch, dog, dog)).toBe(5);
  expect(errorsBetween(pets, petsEpoch, dog, tabby)).toBe(1);
  expect(cellInWords(pets, petsEpoch, dog, pug)).toBe(
    "dog named pug: 11 of 20, 55 %; 3 of these the wrong class",
  );
});

test("the list has the pairs of the cells on screen", () => {
  const source = { cut, cells: errors, within: new Float64Array() };
  const found = pairsIn(pets, source, { rows: dog, columns: dog });
  const pairs = (of: typeof found): number[][] =>
    Array.from(of.list, (_, i) => {
      const { rows, columns, count } = pairAt(of, i);
      return [rows, columns, count];
    });
  expect(pairs(found)).toEqual([
    [dog, pug, 3],
    [dog, husky, 2],
    [dog, tabby, 1],
  ]);
  // Pugs were named another dog twice, huskies three times, tabby never.
  const mutual = { key: "mutual", flipped: false } as const;
  expect(pairs(sortPairs(pets, petsEpoch, found, mutual))).toEqual([
    [dog, pug, 3],
    [dog, husky, 2],
    [dog, tabby, 1],
  ]);
  const one = pairsIn(pets, source, { rows: 0, columns: husky });
  expect(pairs(one)).toEqual([[dog, husky, 2]]);
  // A column of huskies is there, a row is not.
  expect(isMadeOf(pets, cut, { rows: [0, 2], columns: [1, 2] })).toBe(true);
  expect(isMadeOf(pets, cut, { rows: [1, 2], columns: [0, 2] })).toBe(false);
});

test("a group folded by hand does not stretch the colours", () => {
  const counts = ["#ff0000", "#0000ff"];
  const make = (value: Value, usual?: Int32Array) =>
    makeScale(
      value,
      sums,
      cut,
      { counts },
      {
        errorsOnly: true,
        ...(usual ? { usual } : {}),
      },
    );
  // Four fifths of the 20 samples of dogs, or of the 10 of the others.
  expect(make("count").high).toBe(16);
  expect(make("count", Int32Array.of(tabby, bus)).high).toBe(8);
  expect(valueAt(make("share"), 3, 0, 0)).toBeCloseTo(3 / 20);
  expect(valueAt(make("column"), 2, 0, 1)).toBeCloseTo(2 / 8);
  // Of 8 errors 6 are made on dogs, and 3 are named pug: 2.25 are expected.
  expect(valueAt(make("excess"), 3, 0, 0)).toBeCloseTo(3 / 2.25);
});

test("changes are subtracted cell by cell, folded ones scaled apart", () => {
  const changes = subtract(errors, all);
  const found = [...changes.change].map((by, k) => [
    changes.row[k]!,
    changes.column[k]!,
    by,
  ]);
  // What is not an error is right.
  expect(found.sort()).toEqual([
    [0, 0, 8],
    [0, 1, 6],
    [1, 2, 9],
    [2, 3, 9],
  ]);
  const none = new Uint8Array(4);
  const flags = { rows: Uint8Array.of(0, 1, 1), columns: none };
  expect(largestOf(changes)).toBe(9);
  expect(largestOf(changes, flags)).toBe(8);
  const every = { rows: Uint8Array.of(1, 1, 1), columns: none };
  expect(largestOf(changes, every)).toBe(9);
});
