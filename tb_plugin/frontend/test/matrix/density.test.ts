import { expect, test } from "vitest";
import type { Cells } from "../../src/confusion/cells.ts";
import { densened, leastMark } from "../../src/matrix/canvas/density.ts";

const cells = (nonzeros: number): Cells =>
  ({ count: new Uint32Array(nonzeros) }) as Cells;

test("marks are two pixels wide while they leave some ground", () => {
  // 25 marks of 4 pixels are a square of 10 by 10.
  expect(leastMark(cells(25), 1, 10)).toBe(2);
  expect(leastMark(cells(26), 1, 10)).toBe(1);
  // Half the rows and half the columns hold a quarter of them.
  expect(leastMark(cells(100), 0.5, 10)).toBe(2);
});

test("weak marks on one pixel add up, and the last is as strong as any", () => {
  const first = densened(0, 0xff112233 | 0) >>> 0;
  expect(first).toBe(0x66112233);
  expect(densened(first, 0xff445566 | 0) >>> 0).toBe(0x8c445566);
  expect(densened(0xf0112233, 0xff445566 | 0) >>> 0).toBe(0xff445566);
});
