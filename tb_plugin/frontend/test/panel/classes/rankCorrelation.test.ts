import { expect, test } from "vitest";
import { rankCorrelation } from "../../../src/panel/classes/rankCorrelation.ts";
import { drawnNumbers } from "../../drawnNumbers.ts";

test("ranks of five pairs, by hand", () => {
  // Differences of ranks 0, 1, -1, 1, -1: rho = 1 - 6 * 4 / (5 * 24).
  const found = rankCorrelation([1, 2, 3, 4, 5], [10, 30, 20, 50, 40])!;
  expect(found.rho).toBeCloseTo(0.8);
  // atanh 0.8 = 1.0986; 1.96 * sqrt(1.32 / 2) = 1.5923.
  expect(found.low).toBeCloseTo(Math.tanh(1.0986 - 1.5923), 3);
  expect(found.high).toBeCloseTo(Math.tanh(1.0986 + 1.5923), 3);
});

test("equal values share their mean rank", () => {
  // Ranks 1.5 1.5 3.5 3.5 and 1 2 3 4: 4 / sqrt(4 * 5).
  const found = rankCorrelation([7, 7, 9, 9], [1, 2, 3, 4])!;
  expect(found.rho).toBeCloseTo(4 / Math.sqrt(20));
});

test("nothing is said of too few, nor of equal sizes", () => {
  expect(rankCorrelation([1, 2, 3], [1, 2, 3])).toBeNull();
  expect(rankCorrelation([5, 5, 5, 5], [1, 2, 3, 4])).toBeNull();
});

test("of noise the interval leaves out 0 in one of twenty", () => {
  const random = drawnNumbers(3);
  const draws = 400;
  let out = 0;
  for (let draw = 0; draw < draws; draw++) {
    const values = (): number[] => Array.from({ length: 40 }, random);
    const { low, high } = rankCorrelation(values(), values())!;
    if (low > 0 || high < 0) out++;
  }
  // Five in a hundred, and four standard deviations to either side.
  expect(out / draws).toBeGreaterThan(0.006);
  expect(out / draws).toBeLessThan(0.094);
});
