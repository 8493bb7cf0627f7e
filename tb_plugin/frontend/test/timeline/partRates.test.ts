import { describe, expect, test } from "vitest";
import type { RatePoint } from "../../src/server/answers.ts";
import { ratesOf, topOf, verdictOf } from "../../src/timeline/partRates.ts";

/** Epochs from 1 with so many errors of 1,000 samples each way. */
function pointsOf(errors: readonly number[], chance = 0.1): RatePoint[] {
  return errors.map((each, i) => ({
    step: i + 1,
    named: { errors: each, samples: 1000, chance },
    reverse: { errors: 1, samples: 0, chance: null },
  }));
}

const verdict = (errors: readonly number[], chance?: number): string =>
  verdictOf(ratesOf(pointsOf(errors, chance), "named"), true);

test("a rate has its interval and chance, epoch by epoch", () => {
  const [first] = ratesOf(pointsOf([50, 20]), "named");
  expect(first).toMatchObject({ step: 1, share: 0.05, chance: 0.1 });
  // Wilson, 50 of 1,000.
  expect(first!.within.low).toBeCloseTo(0.0381, 4);
  expect(first!.within.high).toBeCloseTo(0.0653, 4);
});

test("epochs of another tree, unreadable ones and no samples are left out", () => {
  const points: RatePoint[] = [
    { step: 1 },
    { step: 2, error: "cut short" },
    ...pointsOf([5]).map((point) => ({ ...point, step: 3 })),
  ];
  expect(ratesOf(points, "named").map(({ step }) => step)).toEqual([3]);
  expect(ratesOf(points, "reverse")).toEqual([]);
  expect(verdictOf([])).toBe("no samples");
});

test("a rate after an epoch without samples is marked, for its line", () => {
  const points = pointsOf([5, 6, 7, 8]);
  points[1]!.named = { errors: 0, samples: 0, chance: null };
  const marked = ratesOf(points, "named").map((each) => [
    each.step,
    each.isAfterGap ?? false,
  ]);
  expect(marked).toEqual([
    [1, false],
    [3, true],
    [4, false],
  ]);
});

describe("against chance", () => {
  test("two part for good once the interval lies below it", () => {
    expect(verdict([200, 90, 40, 30])).toBe(
      "below chance (10.0 %) from epoch 3",
    );
    // 90 of 1,000 may be 10 % as well: 7.4 to 10.9 %.
    expect(verdict([200, 40, 90, 40])).toBe(
      "below chance (10.0 %) from epoch 4",
    );
    expect(verdict([40, 30])).toBe("always below chance (10.0 %)");
  });

  test("by no epoch where the rate was not higher before", () => {
    expect(verdict([90, 70, 75])).toBe("below chance (10.0 %) in the end");
    // It rose by 5 points, and fell by as much.
    expect(verdict([40, 90, 40])).toBe("below chance (10.0 %) in the end");
    expect(verdict([130, 40, 90, 40])).toBe("below chance (10.0 %) in the end");
  });

  test("or they are not shown to", () => {
    expect(verdict([40, 90])).toBe("not told from chance (10.0 %)");
    expect(verdict([40, 250])).toBe("2.5 × chance (10.0 %)");
    expect(verdict([250], 0.001)).toBe("250 × chance (0.10 %)");
    expect(verdict([0], 0)).toBe("not told from chance (0.00 %)");
  });
});

test.each([20, 50, 500])("of %d guesses few are times chance", (samples) => {
  const isMore = (errors: number, chance: number): boolean => {
    const named = { errors, samples, chance };
    const rates = ratesOf([{ step: 1, named, reverse: named }], "named");
    return verdictOf(rates).includes("×");
  };
  for (let chance = 1e-4; chance < 0.5; chance *= 1.05) {
    let term = (1 - chance) ** samples;
    let claims = 0;
    for (let errors = 0; errors <= samples; errors++) {
      if (isMore(errors, chance)) claims += term;
      term *= ((samples - errors) / (errors + 1)) * (chance / (1 - chance));
    }
    // One tail of 95 %; of Wilson's interval it is 16 % at worst.
    expect(claims).toBeLessThan(0.0251);
  }
  expect(isMore(4, 0.01)).toBe(samples < 500);
  expect(isMore(samples / 2, 0.1)).toBe(true);
});

test("where there is no room the share by chance is not said", () => {
  const rates = ratesOf(pointsOf([200, 40]), "named");
  expect(verdictOf(rates)).toBe("below chance from epoch 2");
});

test("the axis ends at a round share that holds all", () => {
  expect(topOf([0.011, 0.004])).toBeCloseTo(0.02, 12);
  expect(topOf([0.05])).toBeCloseTo(0.05, 12);
  expect(topOf([0.051])).toBeCloseTo(0.06, 12);
  expect(topOf([0.21])).toBeCloseTo(0.3, 12);
  expect(topOf([0.81])).toBe(1);
  expect(topOf([1])).toBe(1);
  expect(topOf([])).toBe(0.01);
  expect(topOf([0, 0])).toBe(0.01);
});

test("of a set of runs the band is their spread, the verdict that of one", () => {
  const point = (errors: number): RatePoint => ({
    step: 1,
    runs: 4,
    named: { errors, samples: 400, chance: 0.1, spread: 0.01 },
  });
  const [rate] = ratesOf([point(20)], "named");
  expect(rate!.within.low).toBeCloseTo(0.04, 12);
  expect(rate!.within.high).toBeCloseTo(0.06, 12);
  // 20 of 400 are clearly below 10 %, 5 of 100 are not.
  expect(verdictOf([rate!])).toBe("not told from chance");
});
