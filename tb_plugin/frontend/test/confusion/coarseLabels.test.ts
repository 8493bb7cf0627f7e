/** What is said of samples that are known as a group only. */

import { expect, test } from "vitest";
import {
  coarseInWords,
  coarsePerRun,
  mostInNoCell,
} from "../../src/confusion/coarseLabels.ts";

type Level = [groups: number, judged: number, right: number];

const LEVELS: Level[] = [
  [4, 1234, 1100],
  [12, 1200, 1000],
  [48, 0, 0],
];
const HEAD = "1,234 samples with coarse labels are in no cell";
const AT_12 = "1,000 of the 1,200 known at 12 groups are in the right one";
const AT_4 = "1,100 of the 1,234 known at 4 groups are in the right one";

const words = (
  coarse: number,
  coarse_levels: Level[],
  shown?: number,
  coarse_largest?: number[],
): string[] => {
  const info = { step: 1, wall_time: 0, coarse, coarse_levels };
  const largest = coarse_largest ? { coarse_largest } : {};
  return coarseInWords({ ...info, ...largest }, shown).map(([text]) => text);
};

test("how many stand in no cell, and all levels that judge any", () => {
  const rest =
    "coarse labels right at other levels: 1,100 of 1,234 at 4 groups";
  expect(words(1234, LEVELS)).toEqual([HEAD, AT_12, rest]);
});

test("the level on screen comes first", () => {
  const rest =
    "coarse labels right at other levels: 1,000 of 1,200 at 12 groups";
  expect(words(1234, LEVELS, 4)).toEqual([HEAD, AT_4, rest]);
  expect(words(1234, LEVELS, 12)[1]).toBe(AT_12);
});

test("else the finest of the coarser ones that judge any, else the finest", () => {
  expect(words(1234, LEVELS, 48)[1]).toBe(AT_12);
  expect(words(1234, LEVELS, 11)[1]).toBe(AT_4);
  expect(words(1234, LEVELS, 3)[1]).toBe(AT_12);
});

test("what naming the largest group would have right, where it is known", () => {
  const largest = [800, 214, 0];
  const by = (level: string, most: number) =>
    `${level}, ${most} by naming the largest`;
  expect(words(1234, LEVELS, 48, largest)[1]).toBe(by(AT_12, 214));
  expect(words(1234, LEVELS, 4, largest)[1]).toBe(by(AT_4, 800));
});

test("a single one, of which nothing is known, or that is right", () => {
  const said = ["1 sample with a coarse label is in no cell"];
  expect(words(1, [[4, 0, 0]])).toEqual(said);
  expect(words(1, [])).toEqual(said);
  expect(words(1, [[4, 1, 1]])[1]).toBe(
    "1 of the 1 known at 4 groups is in the right one",
  );
});

test("nothing where all labels are exact", () => {
  expect(words(0, [])).toEqual([]);
  expect(coarseInWords(undefined)).toEqual([]);
});

test("of several epochs the most, where they differ", () => {
  const said = (...counts: number[]): string[] =>
    mostInNoCell(
      counts.map((coarse, step) => ({
        step,
        wall_time: 0,
        ...(coarse && { coarse }),
      })),
    ).map(([text]) => text);
  expect(said(1234, 1234)).toEqual([HEAD]);
  expect(said(0, 1234)).toEqual([`up to ${HEAD}`]);
  expect(said(0, 0)).toEqual([]);
  expect(said()).toEqual([]);
});

test("a run of several that are summed has the mean", () => {
  const info = { step: 1, wall_time: 0, coarse: 60, runs: 4 };
  const levels: Level[] = [[4, 60, 40]];
  expect(
    coarsePerRun({ ...info, coarse_levels: levels, coarse_largest: [20] }),
  ).toMatchObject({
    coarse: 15,
    coarse_levels: [[4, 15, 10]],
    coarse_largest: [5],
  });
  const { runs: _, ...single } = info;
  expect(coarsePerRun(single).coarse).toBe(60);
});
