import { expect, test } from "vitest";
import {
  decades,
  densities,
  densityScale,
  learntBy,
  poolsOf,
  portionOf,
  rasteriseDensities,
  spacedSteps,
} from "../../src/comparison/multiples/pooling.ts";
import type { CurvePoint } from "../../src/server/answers.ts";
import { drawnNumbers } from "../drawnNumbers.ts";
import { pets, petsEpoch } from "../pets.ts";

const fifty = Array.from({ length: 50 }, (_, i) => i + 1);

test("epochs are spaced like a logarithmic axis", () => {
  // 50 ** (1 / 7) = 1.749: 1, 1.75, 3.06, 5.35, 9.35, 16.4, 28.6, 50.
  expect(spacedSteps(fifty, 8)).toEqual([1, 2, 3, 5, 9, 16, 29, 50]);
  expect(spacedSteps(fifty, 12)).toHaveLength(12);
  expect(new Set(spacedSteps(fifty, 12)).size).toBe(12);
});

test("few epochs are shown all, the first and the last always", () => {
  expect(spacedSteps([3, 7, 9], 8)).toEqual([3, 7, 9]);
  expect(spacedSteps([0, 10, 20, 500], 2)).toEqual([0, 500]);
  expect(spacedSteps([4], 8)).toEqual([4]);
  expect(spacedSteps([], 8)).toEqual([]);
  // Early epochs are dense: later ones still get their places.
  expect(spacedSteps([1, 2, 3, 4, 100], 4)).toEqual([1, 3, 4, 100]);
});

const classes = pets.levels[2]!.nodes;

test("small groups are pooled with the nearest neighbour", () => {
  // Pug and husky are dogs; tabby meets them at animal, bus meets no one.
  const pools = poolsOf(pets, classes, 2);
  expect([...pools.classes]).toEqual([3, 1]);
  expect([...pools.edge]).toEqual([0, 3, 4]);
  expect([...pools.groupOf]).toEqual([0, 0, 0, 1]);
});

test("densities are errors per pair of different classes", () => {
  const pools = poolsOf(pets, pets.levels[1]!.nodes, 1);
  // Dogs: 2 + 3 errors over 2 pairs, 1 to cat over 2; cat to bus 1 over 1.
  expect([...densities(petsEpoch.cells, pools)]).toEqual([
    2.5, 0.5, 0, 0, 0, 1, 0, 1, 0,
  ]);
});

test("columns of other groups than the rows are as they are cut", () => {
  const rows = poolsOf(pets, pets.levels[0]!.nodes, 1);
  const columns = poolsOf(pets, pets.levels[1]!.nodes, 1);
  const density = densities(petsEpoch.cells, rows, columns);
  // Three animals: 5 errors name dogs, over 3 x 2 - 2 pairs; 1 the cat, over
  // 3 - 1; 1 the bus, over 3. The bus is once taken for the cat.
  expect([...density]).toEqual([5 / 4, 1 / 2, 1 / 3, 0, 1, 0]);
  const pixels = new Uint32Array(16);
  const scale = densityScale([density], [[9, 9, 9]]);
  rasteriseDensities(pixels, 4, density, { rows, columns }, scale);
  const seen = Array.from({ length: 4 }, (_, y) =>
    [...pixels.subarray(4 * y, 4 * y + 4)].map((p) => (p ? 1 : 0)).join(""),
  );
  expect(seen).toEqual(["1111", "1111", "1111", "0010"]);
});

test("one scale for all: the largest has the last colour", () => {
  const shades = Array.from({ length: 11 }, (_, i) => [i, i, i] as const);
  const scale = densityScale(
    [Float64Array.of(0, 2), Float64Array.of(3.2, 1)],
    shades,
  );
  expect(scale.high).toBe(3.2);
  expect(portionOf(scale, 3.2)).toBe(1);
  expect(portionOf(scale, 0.01)).toBe(0);
  expect(portionOf(scale, Math.sqrt(3.2 * 0.01))).toBeCloseTo(0.5);
  expect(decades(scale).map((each) => Number(each.toFixed(3)))).toEqual([
    0.01, 0.1, 1,
  ]);
});

/** A level of guesses, of as many classes: the same in every run. */
function guessed(classes: number, samples: number, seed: number): CurvePoint {
  const random = drawnNumbers(seed);
  const named = new Array<number>(classes).fill(0);
  let right = 0;
  for (let i = 0; i < samples; i++) {
    const answer = Math.floor(classes * random());
    named[answer]!++;
    if (answer === i % classes) right++;
  }
  const chance = named.reduce((sum, n) => sum + n, 0) / samples / classes;
  const accuracy = right / samples;
  const kappa = (accuracy - chance) / (1 - chance);
  return { step: seed, samples, accuracy: [accuracy], kappa: [kappa] };
}

test("what guesses is not said to have learnt", () => {
  let claims = 0;
  let positive = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const point = guessed(seed % 2 ? 10 : 100, 2000, seed);
    if (learntBy([point], 0) !== null) claims++;
    if (point.kappa![0]! > 0) positive++;
  }
  expect(positive).toBeGreaterThan(100);
  // 2.5 %, and three standard errors.
  expect(claims).toBeLessThanOrEqual(15);
});

/** An epoch of that accuracy, where one in ten is right by chance. */
const epochOf = (
  step: number,
  accuracy: number,
  samples: number,
): CurvePoint => ({
  step,
  samples,
  accuracy: [accuracy],
  kappa: [(accuracy - 0.1) / 0.9],
});

test("a level is learnt once it stays within a tenth of the last kappa", () => {
  const by = (...kappas: number[]) =>
    learntBy(
      kappas.map((kappa, i) => epochOf(10 * i, 0.1 + 0.9 * kappa, 1000)),
      0,
    );
  expect(by(0.2, 0.75, 0.6, 0.73, 0.8)).toBe(30);
  expect(by(0.8)).toBe(0);
  expect(by(0.75, 0.8)).toBe(0);
  // 0.72 is wanted: 0.7 and 0.65 of a thousand may be that, 0.6 is not.
  expect(by(0.7, 0.8)).toBeUndefined();
  expect(by(0.75, 0.65, 0.8)).toBeUndefined();
  expect(by(0.6, 0.7, 0.8)).toBe(20);
  // Never better than chance.
  expect(by(-0.1, 0)).toBeNull();
  expect(by(0, -0.1)).toBeNull();
});

test("what is better than guesses is, of one run or of several", () => {
  const at = epochOf;
  const points = [at(1, 0.2, 1000), at(2, 0.69, 1000), at(3, 0.7, 1000)];
  expect(learntBy(points, 0)).toBe(2);
  expect(learntBy([at(1, 1, 50)], 0)).toBe(1);
  expect(learntBy([], 0)).toBeNull();
  expect(learntBy([{ step: 1, error: "damaged" }], 0)).toBeNull();
  // 30 of 200, and three times the same 30.
  expect(learntBy([at(1, 0.15, 200)], 0)).toBe(1);
  expect(learntBy([at(1, 0.14, 200)], 0)).toBeNull();
  expect(learntBy([{ ...at(1, 0.14, 600), runs: 3 }], 0)).toBeNull();
});
