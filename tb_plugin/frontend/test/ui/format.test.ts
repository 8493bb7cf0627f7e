import { expect, test } from "vitest";
import { brief } from "../../src/ui/format.ts";

test("numbers of six digits and more are told briefly", () => {
  expect([0, 13_634, 99_999].map(brief)).toEqual(["0", "13,634", "99,999"]);
  expect([915_113, 1_155_420, 23_527_851].map(brief)).toEqual([
    "915K",
    "1.16M",
    "23.5M",
  ]);
});
