import { expect, test } from "vitest";
import { estimate } from "../../src/quality/lists/ListRows.tsx";
import {
  brief,
  isolated,
  percent,
  percentBriefly,
  plain,
  plural,
  plusMinus,
  points,
  signed,
  whole,
} from "../../src/ui/format.ts";

test("numbers of six digits and more are told briefly", () => {
  expect([0, 13_634, 99_999].map(brief)).toEqual(["0", "13,634", "99,999"]);
  expect([915_113, 1_155_420, 23_527_851].map(brief)).toEqual([
    "915K",
    "1.16M",
    "23.5M",
  ]);
});

test("names from right to left are set apart from figures, others are not", () => {
  expect(isolated("dog")).toBe("dog");
  expect(isolated("תפוח")).toBe("\u2068תפוח\u2069");
  expect(isolated("تفاحة 2")).toBe("\u2068تفاحة 2\u2069");
});

test("a spread is said in points, small ones with two digits", () => {
  expect(plusMinus(0.0081)).toBe("± 0.8");
  expect(plusMinus(0.0003)).toBe("± 0.03");
  expect(plusMinus(0)).toBe("± 0.00");
  expect(plusMinus(0.00001)).toBe("± <0.01");
});

test("what is neither none nor all does not read so", () => {
  expect([0, 0.0023, 0.0049, 0.9953, 1].map((p) => percent(p, 0))).toEqual([
    "0 %",
    "<1 %",
    "<1 %",
    ">99 %",
    "100 %",
  ]);
  expect(percent(1 / 21_841)).toBe("<0.1 %");
  expect(percent(49_999 / 50_000)).toBe(">99.9 %");
  expect(percent(0.00001, 2)).toBe("<0.01 %");
  expect([0, 1].map((p) => percent(p))).toEqual(["0.0 %", "100.0 %"]);
  expect(percent(Number.NaN)).toBe("–");
  // What has its own digits keeps them.
  expect([0.0023, 0.23].map(percentBriefly)).toEqual(["0.2 %", "23 %"]);
});

test("what rounds to none has no sign", () => {
  expect([-0.003, 0.003, -0.12].map((r) => plain(r, 2))).toEqual([
    "0.00",
    "0.00",
    "−0.12",
  ]);
  expect(percent(-0.0003)).toBe("0.0 %");
  expect(estimate(0.001)).toBe("<0.01");
  expect(estimate(0)).toBe("0.00");
});

test("a mean of counts that is not none does not read so", () => {
  const means = [1 / 3, 2 / 3, 1 / 20 - 1 / 19 + 1, 3.66, 9.97, 41.4, 0.02];
  expect(means.map(whole)).toEqual([
    "0.3",
    "0.7",
    "1.0",
    "3.7",
    "10",
    "41",
    "<0.1",
  ]);
  // Sums of thirds are whole numbers but for rounding.
  expect([0.1 + 0.2 + 0.7, 2.9999999999999996, -1e-16].map(whole)).toEqual([
    "1",
    "3",
    "0",
  ]);
  expect(
    [1 / 3, -1 / 3, 0.02, -0.02, 1e-16, 5, -12.3].map((n) => signed(n)),
  ).toEqual(["+0.3", "−0.3", "+<0.1", "−<0.1", "0", "+5", "−12"]);
  expect(plural(1 / 3, "error", "errors")).toBe("0.3 errors");
  expect(plural(0.9999999999999999, "error", "errors")).toBe("1 error");
});

test("points that changed, if by little, do not read as if they had not", () => {
  // Points have the digits that are asked for.
  const changes = [0.042, 0.003, -0.003, 0, -0, 1e-17, -3e-16, Number.NaN];
  const written = (digits?: number): string[] =>
    changes.map((change) => points(change, digits));
  expect(written(0)).toEqual(["+4", "+<1", "−<1", ...zeros("0")]);
  expect(written()).toEqual(["+4.2", "+0.3", "−0.3", ...zeros("0.0")]);
  const small = [1 / 21_841, -1 / 1_281_167, 0.0004, 0.0006, 1, -1];
  expect(small.map((change) => points(change))).toEqual([
    "+<0.1",
    "−<0.1",
    "+<0.1",
    "+0.1",
    "+100.0",
    "−100.0",
  ]);
});

/** What is none but for rounding, and what is no number. */
function zeros(text: string): string[] {
  return [...Array<string>(4).fill(text), "–"];
}
