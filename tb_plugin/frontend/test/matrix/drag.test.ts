import { expect, test } from "vitest";
import type { Cells } from "../../src/confusion/cells.ts";
import { leafCut } from "../../src/confusion/pairs.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import { densened, leastMark } from "../../src/matrix/canvas/density.ts";
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

const marks = (nonzeros: number): Cells =>
  ({ count: new Uint32Array(nonzeros) }) as Cells;

test("marks are two pixels wide while they leave some ground", () => {
  // 25 marks of 4 pixels are a square of 10 by 10.
  expect(leastMark(marks(25), 1, 10)).toBe(2);
  expect(leastMark(marks(26), 1, 10)).toBe(1);
  // Half the rows and half the columns hold a quarter of them.
  expect(leastMark(marks(100), 0.5, 10)).toBe(2);
});

test("weak marks on one pixel add up, and the last is as strong as any", () => {
  const first = densened(0, 0xff112233 | 0) >>> 0;
  expect(first).toBe(0x66112233);
  expect(densened(first, 0xff445566 | 0) >>> 0).toBe(0x8c445566);
  expect(densened(0xf0112233, 0xff445566 | 0) >>> 0).toBe(0xff445566);
});
