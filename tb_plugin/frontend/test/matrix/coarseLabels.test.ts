/** What the caption says of samples known as a group only. */

import { expect, test } from "vitest";
import { coarseInWords } from "../../src/matrix/coarseLabels.ts";

const epoch = { step: 1, wall_time: 0 };
const words = (coarse: number, levels: [number, number, number][]): string[] =>
  coarseInWords({ ...epoch, coarse, coarse_levels: levels }).map(
    ([text]) => text,
  );

test("how many stand in no cell, and the finest level that judges any", () => {
  expect(
    words(1234, [
      [4, 1234, 1100],
      [12, 1200, 1000],
      [48, 0, 0],
    ]),
  ).toEqual([
    "1,234 samples with coarse labels are in no cell",
    "1,000 of the 1,200 known at 12 groups are in the right one",
  ]);
});

test("a single one, of which nothing is known", () => {
  expect(words(1, [[4, 0, 0]])).toEqual([
    "1 sample with a coarse label is in no cell",
  ]);
  expect(words(1, [])).toHaveLength(1);
});
