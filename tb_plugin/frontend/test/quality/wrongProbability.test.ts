import { expect, test } from "vitest";
import { upperEstimate } from "../../src/quality/lists/upperEstimate.ts";

test.each([
  [0.87, "P(wrong) at most 0.87"],
  [0.005, "P(wrong) at most 0.01"],
  // An upper estimate of 0.00 would be a certainty.
  [0.0049, "P(wrong) <0.01"],
  [1e-76, "P(wrong) <0.01"],
])("%f", (trust, text) => {
  expect(upperEstimate(trust)).toBe(text);
});
