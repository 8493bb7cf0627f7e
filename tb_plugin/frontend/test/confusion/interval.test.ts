import { expect, test } from "vitest";
import intervals from "../../../../tests/golden/intervals.json";
import { wilsonInterval } from "../../src/confusion/interval.ts";
import { percentRange, percentWithin } from "../../src/ui/format.ts";

// pytest holds the library to the same cases.
test.each(intervals as [number, number, number, number][])(
  "%i of %i lie between %f and %f",
  (successes, trials, low, high) => {
    const found = wilsonInterval(successes, trials);
    expect(found.low).toBeCloseTo(low, 12);
    expect(found.high).toBeCloseTo(high, 12);
  },
);

test("an interval is written as short as it can be told", () => {
  expect(percentRange({ low: 0.5958, high: 0.9821 })).toBe("60–98");
  expect(percentRange({ low: 0.7231, high: 0.7309 })).toBe("72–73");
  expect(percentRange({ low: 0.9466, high: 0.9513 })).toBe("94.7–95.1");
  expect(percentRange({ low: 0.0001, high: 0.0003 })).toBe("0.01–0.03");
  expect(percentWithin(0.831, { low: 0.81, high: 0.85 })).toBe(
    "83.1 % (81–85)",
  );
  expect(percentWithin(Number.NaN, { low: 0, high: 1 })).toBe("–");
});

test("no end reads as none or all that is neither", () => {
  const written = (right: number, samples: number): string =>
    percentWithin(right / samples, wilsonInterval(right, samples));
  expect(written(1, 50)).toBe("2.0 % (0.4–10.5)");
  expect(written(199, 200)).toBe("99.5 % (97.2–99.9)");
  expect(written(9_999, 10_000)).toBe(">99.9 % (99.94–>99.99)");
  expect(written(1, 10_000)).toBe("<0.1 % (<0.01–0.06)");
  expect(written(1, 10_000_000)).toBe("<0.1 % (<0.01)");
  // What is none or all does.
  expect(written(0, 50)).toBe("0.0 % (0.0–7.1)");
  expect(written(50, 50)).toBe("100.0 % (93–100)");
  expect(percentRange({ low: 0, high: 0.00001 })).toBe("0.00–<0.01");
});
