/** What a promise comes to, in words, by numbers worked by hand. */

import { expect, test } from "vitest";
import {
  measuredSentence,
  type Promised,
  sentence,
} from "../../src/answers/data/sentence.ts";

const tree = {
  threshold: 0.4,
  accuracy: 0.948,
  low: 0.93,
  high: 0.962,
  coverage: 0.7,
  classes: 0.6249,
  groups: 0.3049,
  nothing: 0.0702,
};
const refusing = { ...tree, classes: 0.55, groups: 0, nothing: 0.45 };
const of: Promised = { promise: 0.95, needed: 19, tree, refusing };

test("shares add up to a hundred", () => {
  expect(sentence(of, 400)).toBe(
    "To be right in 95 %, it names the class in 62 % of samples, a group in 31 %, nothing in 7 %.",
  );
});

test("what was measured stands beside what it says, and what goes without groups", () => {
  const measured = "Measured on 1 other sample: right in 94.8 % (95 % interval";
  const without = "Without groups it names the class in 55 %, nothing in 45 %.";
  // 0.948 - 0.0702 of 0.9298.
  expect(measuredSentence(of, 1)).toBe(
    `${measured} 93.0 % to 96.2 %), saying nothing included. It answers 93 %, and 94.4 % of these are right. ${without}`,
  );
  const silent = { ...of, tree: { ...tree, nothing: 1 } };
  expect(measuredSentence(silent, 1)).toBe(
    `${measured} 93.0 % to 96.2 %). ${without}`,
  );
});

test("too few samples say how many it takes", () => {
  const few = { ...of, tree: { ...tree, threshold: null } };
  expect(sentence(few, 12)).toBe(
    "To promise 95 % takes 19 calibrating samples, and there are 12: log more samples, or promise less.",
  );
});
