import { expect, test } from "vitest";
import { leafCut } from "../../src/confusion/pairs.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import {
  blockAround,
  errorsIn,
  isMeant,
  rectangle,
} from "../../src/matrix/gestures/drag.ts";
import { pets, petsEpoch } from "../pets.ts";

const { cells } = petsEpoch;

test("a rectangle grows to whole cells of the level", () => {
  expect(rectangle(pets, leafCut(pets), [2.2, 0.4], [1.7, 2.9])).toEqual({
    rows: [0, 3],
    columns: [1, 3],
  });
  // Groups of two dogs, a cat, a car; a drag up and to the left.
  const groups = makeCut(pets, pets.levels[1]!.nodes);
  expect(rectangle(pets, groups, [3.5, 1.5], [2.5, 1.2])).toEqual({
    rows: [0, 2],
    columns: [2, 4],
  });
});

test("errors in it, and their cells", () => {
  const box = { rows: [0, 2], columns: [0, 3] } as const;
  expect(errorsIn(cells, box)).toEqual({ count: 2 + 3 + 1, cells: 3 });
});

test("white is part of the smallest block that holds errors", () => {
  const outlines = pets.levels.slice(0, 2).map(({ nodes }) => nodes);
  const around = (row: number, column: number) =>
    blockAround(pets, cells, outlines, row, column);
  expect(around(0, 1)).toEqual({ rows: 2, columns: 2 });
  expect(around(0, 2)).toEqual({ rows: 2, columns: 5 });
  // No cat is named a dog; animals are.
  expect(around(2, 0)).toEqual({ rows: 1, columns: 1 });
  // Nothing at all: the coarsest.
  expect(around(3, 0)).toEqual({ rows: 7, columns: 1 });
  expect(blockAround(pets, cells, [], 0, 0)).toBeNull();
});

test("a click is meant for a cell that a hand can hit, else for its block", () => {
  expect(isMeant(8, 8, false)).toBe(true);
  expect(isMeant(6, 6, false)).toBe(false);
  // A group of few classes beside one of many.
  expect(isMeant(6, 60, false)).toBe(true);
  expect(isMeant(2, 60, false)).toBe(false);
  // White has something to say from where cells have numbers.
  expect(isMeant(13, 13, true)).toBe(false);
  expect(isMeant(14, 14, true)).toBe(true);
});
