import { expect, test } from "vitest";
import { EVERYTHING } from "../../src/confusion/filters.ts";
import { brush, movePin, pinsOf, rangeOf } from "../../src/matrix/Legend.tsx";

const bins = [1, 2, 3, 5, 8].map((from) => ({ from, cells: 1 }));

test("pins at the ends let everything through", () => {
  expect(pinsOf(bins, EVERYTHING)).toEqual({ low: 0, high: 5 });
  expect(rangeOf(bins, { low: 0, high: 5 })).toEqual(EVERYTHING);
});

test("pins between bins are values, and back", () => {
  const pins = { low: 1, high: 3 };
  expect(rangeOf(bins, pins)).toEqual({ from: 2, below: 5 });
  expect(pinsOf(bins, { from: 2, below: 5 })).toEqual(pins);
});

test("values of a link that are no edges take the next one", () => {
  expect(pinsOf(bins, { from: 4, below: 6 })).toEqual({ low: 3, high: 4 });
  expect(pinsOf(bins, { from: 99, below: 100 })).toEqual({ low: 4, high: 5 });
});

test("a pin never passes the other", () => {
  const pins = { low: 1, high: 3 };
  expect(movePin(pins, "low", 4, 5)).toEqual({ low: 2, high: 3 });
  expect(movePin(pins, "low", -1, 5)).toEqual({ low: 0, high: 3 });
  expect(movePin(pins, "high", 0, 5)).toEqual({ low: 1, high: 2 });
  expect(movePin(pins, "high", 9, 5)).toEqual({ low: 1, high: 5 });
});

test("a brush goes both ways and stays inside", () => {
  expect(brush(3, 1, 5)).toEqual({ low: 1, high: 4 });
  expect(brush(2, 2, 5)).toEqual({ low: 2, high: 3 });
  expect(brush(-4, 9, 5)).toEqual({ low: 0, high: 5 });
});
