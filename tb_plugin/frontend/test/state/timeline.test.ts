import { afterEach, expect, test } from "vitest";
import { restoreLink } from "../../src/state/link.ts";
import { setThreshold, threshold } from "../../src/state/timeline.ts";

afterEach(() => restoreLink({}));

test("a threshold is a whole percent from 1 to 100", () => {
  setThreshold(1.7);
  expect(threshold.value).toBe(1);
  setThreshold(-3);
  expect(threshold.value).toBe(0.01);
});
