import { expect, test } from "vitest";
import { binomialBand } from "../../src/panel/classes/binomialBand.ts";

/** P(X <= k) of a binomial, term by term. */
function below(k: number, samples: number, share: number): number {
  let [term, sum] = [(1 - share) ** samples, 0];
  for (let i = 0; i <= k; i++) {
    sum += term;
    term *= ((samples - i) / (i + 1)) * (share / (1 - share));
  }
  return sum;
}

test.each([
  [1, 0.7],
  [2, 0.5],
  [10, 0.9],
  [50, 0.727],
  [300, 0.2],
])("of %d samples at %d no tail is above 2.5 %", (samples, share) => {
  const { low, high } = binomialBand(samples, share);
  const [from, to] = [Math.round(low * samples), Math.round(high * samples)];
  expect(below(from - 1, samples, share)).toBeLessThanOrEqual(0.025);
  expect(below(from, samples, share)).toBeGreaterThan(0.025);
  expect(below(to, samples, share)).toBeGreaterThanOrEqual(0.975);
  expect(to && below(to - 1, samples, share)).toBeLessThan(0.975);
});

test("a single sample says nothing, many leave little", () => {
  expect(binomialBand(1, 0.7)).toEqual({ low: 0, high: 1 });
  const { low, high } = binomialBand(1e6, 0.5);
  expect(high - low).toBeCloseTo((2 * 1.96 * 0.5) / 1e3, 6);
  // Where the exact sum ends, the limit goes on.
  expect(binomialBand(2000, 0.7).low).toBeCloseTo(
    binomialBand(2001, 0.7).low,
    3,
  );
});

test("where all are right, or none, there is no band", () => {
  expect(binomialBand(10, 1)).toEqual({ low: 1, high: 1 });
  expect(binomialBand(10, 0)).toEqual({ low: 0, high: 0 });
});
