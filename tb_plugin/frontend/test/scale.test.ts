import { expect, test } from "vitest";
import { collapse, makeCut } from "../src/counts.ts";
import { histogram, makeScale, shadeAt, shadeOf } from "../src/scale.ts";
import { inkOn, rampAt } from "../src/theme.ts";
import { pets, petsEpoch } from "./pets.ts";

const counts = ["#ff0000", "#0000ff"];
const leaves = makeCut(pets, pets.levels[2]!.nodes);

test("counts reach the darkest shade at four fifths of a row", () => {
  // Every row has 10 samples.
  const scale = makeScale("count", petsEpoch.sums, leaves, { counts });
  expect(scale.high).toBe(8);
  expect(shadeOf(scale, 1, 0)).toBe(0);
  expect(shadeOf(scale, 8, 0)).toBe(255);
  expect(shadeOf(scale, 9, 0)).toBe(255);
  // The logarithm of the root of 8 is half of that of 8.
  expect(shadeAt(scale, Math.sqrt(8))).toBe(128);
});

test("shares are counts over the samples of their row", () => {
  const scale = makeScale("share", petsEpoch.sums, leaves, { counts });
  expect(shadeOf(scale, 8, 0)).toBe(shadeAt(scale, 0.8));
  expect(shadeOf(scale, 2, 0)).toBe(shadeAt(scale, 0.2));
});

test("the legend counts every cell once", () => {
  const scale = makeScale("count", petsEpoch.sums, leaves, { counts });
  const cells = collapse(petsEpoch.cells, leaves, true);
  const bins = histogram(scale, cells);
  expect(bins.slice(0, 3).map(({ cells }) => cells)).toEqual([3, 1, 1]);
  expect(bins.reduce((sum, { cells }) => sum + cells, 0)).toBe(5);
  const shares = makeScale("share", petsEpoch.sums, leaves, { counts });
  const byShare = histogram(shares, cells);
  expect(byShare.reduce((sum, bin) => sum + bin.cells, 0)).toBe(5);
});

test("a ramp mixes neighbouring stops", () => {
  expect(rampAt(counts, 0)).toEqual([255, 0, 0]);
  expect(rampAt(counts, 0.2)).toEqual([204, 0, 51]);
  expect(rampAt(counts, 2)).toEqual([0, 0, 255]);
});

test("numbers are black on light, white on dark", () => {
  expect(inkOn([255, 255, 255])).toBe("#000");
  expect(inkOn([13, 42, 99])).toBe("#fff");
});
