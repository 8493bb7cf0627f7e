import { afterEach, expect, test } from "vitest";
import { decodeView, encodeView } from "../src/link.ts";
import {
  linkedTimeline,
  restoreTimeline,
  setThreshold,
  showsOther,
  threshold,
} from "../src/timeline.ts";
import { speed } from "../src/view.ts";

afterEach(() => restoreTimeline({}));

test("what is as usual is not in a link", () => {
  expect(linkedTimeline.value).toEqual({});
});

test("what was chosen comes back from a link", () => {
  setThreshold(0.954);
  showsOther.value = false;
  speed.value = 8;
  const text = encodeView(linkedTimeline.value);
  expect(text).toBe("threshold=95&curves=one&speed=8");
  restoreTimeline({});
  expect(threshold.value).toBe(0.9);
  restoreTimeline(decodeView(text));
  expect([threshold.value, showsOther.value, speed.value]).toEqual([
    ...[0.95, false, 8],
  ]);
});

test("a threshold is a whole percent from 1 to 100", () => {
  setThreshold(1.7);
  expect(threshold.value).toBe(1);
  setThreshold(-3);
  expect(threshold.value).toBe(0.01);
});

test("nonsense in a link is as usual", () => {
  restoreTimeline({ threshold: -50, speed: 3, curves: "<b>" });
  expect([threshold.value, speed.value, showsOther.value]).toEqual([
    ...[0.01, 2, true],
  ]);
});
