import { expect, test } from "vitest";
import { brief, isolated, plusMinus } from "../../src/ui/format.ts";

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
});
