import { expect, test } from "vitest";
import { samePlace } from "../../src/loading/nearestEpoch.ts";
import { NO_EPOCH } from "../../src/state/page.ts";

const LAST = NO_EPOCH;
const epochsOf = (...steps: number[]) => steps.map((step) => ({ step }));
const fifty = epochsOf(...Array.from({ length: 50 }, (_, i) => i + 1));
const five = epochsOf(10, 20, 30, 40, 50);

test.each([
  ["the same number", 20, five, 20],
  ["which may be that of the last", 50, fifty, 50],
  ["the nearest number", 13, five, 10],
  ["the first where nothing is earlier", 2, five, 10],
  ["the last of what is shorter, whichever that is", 30, epochsOf(1, 2), LAST],
  ["none where there is none", 30, [], LAST],
])("among other epochs, %s", (_, chosen, there, expected) => {
  expect(samePlace(chosen, there)).toBe(expected);
});

test("an epoch that cannot be read is shown where it is asked for", () => {
  const there = [{ step: 1 }, { step: 2, error: "cut short" }, { step: 3 }];
  expect(samePlace(2, there)).toBe(2);
  const damaged = [{ step: 4, error: "cut short" }];
  expect(samePlace(4, damaged)).toBe(4);
  expect(samePlace(5, damaged)).toBe(LAST);
  expect(samePlace(50, [...there, ...damaged])).toBe(LAST);
});
