import { expect, test } from "vitest";
import { calibrationOf } from "../../src/samples/data/calibration.ts";
import type { Facts } from "../../src/samples/data/sampleFacts.ts";
import { countAnswers } from "../../src/samples/followSamples.ts";
import { drawnNumbers } from "../drawnNumbers.ts";

function factsOf(probability: number[], isRight: boolean[]): Facts {
  return {
    confidence: Float32Array.from(probability),
    trueLeaf: new Uint16Array(probability.length),
    predictedLeaf: Uint16Array.from(isRight, (right) => (right ? 0 : 1)),
  } as Facts;
}

const all = (): boolean => true;

test("a calibration error by hand", () => {
  // Four at 0.5, of which three are right; two at 0.9, none right.
  const facts = factsOf(
    [0.5, 0.5, 0.5, 0.5, 0.9, 0.9],
    [true, true, true, false, false, false],
  );
  const found = calibrationOf(facts, all)!;
  expect(found.error).toBeCloseTo((4 * 0.25 + 2 * 0.9) / 6, 6);
  expect(found.excess).toBeCloseTo((3.8 - 3) / 6, 6);
  expect(found.chance).toBeCloseTo(
    (Math.sqrt(2 / Math.PI) * (Math.sqrt(4 * 0.25) + Math.sqrt(2 * 0.09))) / 6,
    6,
  );
  // Twice the root of 4 * 0.25 + 2 * 0.09 is 2.17, the excess 0.8.
  expect(found.isBiased).toBe(false);
  const sure = calibrationOf(facts, (i) => i >= 4)!;
  expect(sure.samples).toBe(2);
  expect(sure.error).toBeCloseTo(0.9, 6);
  expect(sure.isBiased).toBe(true);
});

test("without samples there is none", () => {
  expect(calibrationOf(factsOf([0.5], [true]), () => false)).toBeNull();
  expect(calibrationOf(factsOf([Number.NaN], [true]), all)).toBeNull();
});

test.each([100, 400, 3000])("chance is that of %d calibrated answers", (n) => {
  const random = drawnNumbers(n);
  const trials = 300;
  let [mean, above, promised] = [0, 0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const p = Array.from({ length: n }, () => 0.2 + 0.8 * random());
    const facts = factsOf(
      p,
      p.map((each) => random() < each),
    );
    const { error, chance, most } = calibrationOf(facts, all)!;
    mean += error / trials;
    promised += chance / trials;
    if (error > most) above += 1 / trials;
  }
  expect(mean / promised).toBeGreaterThan(0.93);
  expect(mean / promised).toBeLessThan(1.07);
  expect(above).toBeGreaterThan(0.015);
  expect(above).toBeLessThan(0.1);
});

test.each([
  [5, 0.94, 1],
  [30, 0.99, 1],
  [50, 0.8, 1],
  [200, 0.95, 1],
  [3000, 0.9, 1],
])(
  "of %d calibrated answers from %d to %d one in twenty is off",
  (n, from, to) => {
    const random = drawnNumbers(n);
    const trials = 1000;
    let above = 0;
    for (let trial = 0; trial < trials; trial++) {
      const p = Array.from({ length: n }, () => from + (to - from) * random());
      const facts = factsOf(
        p,
        p.map((each) => random() < each),
      );
      const { error, most } = calibrationOf(facts, all)!;
      if (error > most) above++;
    }
    // 5 %, and two standard errors.
    expect(above / trials).toBeLessThanOrEqual(0.064);
  },
);

test("answers that are sure and wrong are off, however few", () => {
  const isOff = (n: number, p: number): boolean => {
    const facts = factsOf(new Array(n).fill(p), new Array(n).fill(false));
    const { error, most } = calibrationOf(facts, all)!;
    return error > most;
  };
  expect(isOff(1, 0.5)).toBe(false);
  expect(isOff(1, 0.99)).toBe(true);
  expect(isOff(3, 0.8)).toBe(true);
  expect(isOff(30, 0.6)).toBe(true);
});

test("answers are counted by class, probability and whether they are right", () => {
  const facts = {
    confidence: Float32Array.of(0.95, 1, 0.05, 0.55),
    trueLeaf: Uint16Array.of(0, 0, 1, 1),
    predictedLeaf: Uint16Array.of(0, 1, 1, 0),
  } as Facts;
  const { bins, right, wrong } = countAnswers(facts, 2);
  expect(bins).toBe(10);
  expect([...right.slice(0, 10)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect([...wrong.slice(0, 10)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect([...right.slice(10)]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  expect([...wrong.slice(10)]).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
});
