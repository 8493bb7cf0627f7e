import { expect, test } from "vitest";
import { wrongProbability } from "../../src/quality/lists/ListRows.tsx";

test.each([
  [0.87, "P(wrong) 0.87"],
  [0.005, "P(wrong) 0.01"],
  [0.9949, "P(wrong) 0.99"],
  [0.995, "P(wrong) >0.99"],
  [1, "P(wrong) >0.99"],
  // A probability of 0.00 would be a certainty.
  [0.0049, "P(wrong) <0.01"],
  [1e-76, "P(wrong) <0.01"],
])("%f", (trust, text) => {
  expect(wrongProbability(trust)).toBe(text);
});
