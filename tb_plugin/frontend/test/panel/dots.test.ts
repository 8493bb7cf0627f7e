import { expect, test } from "vitest";
import type { ClassScores } from "../../src/panel/classes/classScores.ts";
import {
  boxFromText,
  boxToText,
  nearestDot,
  placeDots,
  samplesAt,
  ticksOf,
  xOf,
} from "../../src/panel/classes/dots.ts";

const room = { left: 30, top: 0, width: 300, height: 100 };

function dotsOf(samples: number[], recall: number[]) {
  return placeDots(
    {
      samples: Float64Array.from(samples),
      recall: Float64Array.from(recall),
    } as ClassScores,
    room,
  );
}

test("ten times the samples are as far on, wherever", () => {
  const dots = dotsOf([1, 10, 100, 0], [0, 0.5, 1, Number.NaN]);
  // What has no samples has no dot.
  expect([...dots.at]).toEqual([0, 1, 2]);
  const [a, b, c] = dots.x as unknown as [number, number, number];
  expect(b - a).toBeCloseTo(c - b, 6);
  expect([...dots.y]).toEqual([100, 50, 0]);
  expect(samplesAt(dots, xOf(dots, 42))).toBeCloseTo(42, 6);
  expect(ticksOf(dots)).toEqual([1, 10, 100]);
});

test("where all have as many samples, equals stand side by side", () => {
  const dots = dotsOf([50, 50, 50, 50], [0.5, 0.5, 0.5, 0.8]);
  const [a, b, c, d] = dots.x as unknown as [number, number, number, number];
  expect(b).toBeCloseTo(180, 6);
  expect(d).toBeCloseTo(180, 6);
  expect(b - a).toBeCloseTo(c - b, 6);
  expect(b - a).toBeGreaterThan(2);
  expect(nearestDot(dots, a + 1, 50, 8)).toBe(0);
  expect(nearestDot(dots, 180, 90, 8)).toBe(-1);
  expect(ticksOf(dots)).toEqual([50]);
  expect(ticksOf(dotsOf([33, 33], [0, 1]))).toEqual([33]);
  expect(ticksOf(dotsOf([60, 99], [0, 1]))).toEqual([50, 100]);
});

test("nothing has no dots and still axes", () => {
  const dots = dotsOf([0], [Number.NaN]);
  expect(dots.at).toHaveLength(0);
  expect(ticksOf(dots)).toEqual([1]);
});

test("a rectangle is the same in a plot of another size", () => {
  const dots = dotsOf([1, 10, 100], [0, 0.5, 1]);
  // Of 300 by 100 pixels that begin at 30, 0.
  const box = { x: 60, y: 10, toX: 330, toY: 95 };
  expect(boxToText(dots, box)).toBe("100 100 1000 950");
  expect(boxFromText(dots, "100 100 1000 950")).toEqual(box);
  const wide = { ...dots, room: { ...room, width: 600 } };
  expect(boxFromText(wide, "100 100 1000 950")).toMatchObject({ x: 90 });
});

test.each(["", "1 2 3", "1 2 3 4 5", "a b c d", "1 2 3 1e9", "999999 1 2 3"])(
  "%j is no rectangle",
  (text) => {
    expect(boxFromText(dotsOf([1], [1]), text)).toBeNull();
  },
);
