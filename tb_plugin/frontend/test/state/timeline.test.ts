import { afterEach, expect, test } from "vitest";
import { speed } from "../../src/state/all.ts";
import { linkWithoutTree, restoreLink } from "../../src/state/link.ts";
import {
  setThreshold,
  showsComparisonCurves,
  threshold,
} from "../../src/state/timeline.ts";

afterEach(() => restoreLink({}));

test("what was chosen comes back from a link", () => {
  setThreshold(0.954);
  showsComparisonCurves.value = false;
  speed.value = 8;
  const link = linkWithoutTree();
  expect(link).toMatchObject({ threshold: "95", curves: "one", speed: "8" });
  restoreLink({});
  expect(threshold.value).toBe(0.9);
  restoreLink(link);
  expect([threshold.value, showsComparisonCurves.value, speed.value]).toEqual([
    0.95,
    false,
    8,
  ]);
});

test("a threshold is a whole percent from 1 to 100", () => {
  setThreshold(1.7);
  expect(threshold.value).toBe(1);
  setThreshold(-3);
  expect(threshold.value).toBe(0.01);
});

test("nonsense in a link is as usual", () => {
  restoreLink({ threshold: "-50", speed: "3", curves: "<b>" });
  expect([threshold.value, speed.value, showsComparisonCurves.value]).toEqual([
    0.01,
    2,
    true,
  ]);
});
