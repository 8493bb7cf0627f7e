// @vitest-environment happy-dom
import { beforeAll, expect, test } from "vitest";
import { comparisonInWords } from "../../src/comparison/comparisonSummary.ts";
import { UNTESTED } from "../../src/confusion/pairs.ts";
import { followComparison } from "../../src/loading/comparison.ts";
import { reload } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import {
  chance,
  changes,
  isOfChosenSamples,
} from "../../src/state/comparison/comparedEpoch.ts";
import { comparedPairs } from "../../src/state/comparison/comparedPairs.ts";
import {
  comparedSeries,
  hidesChance,
} from "../../src/state/comparison/comparison.ts";
import { comparedPair, evidence } from "../../src/state/comparison/evidence.ts";
import { least, recount } from "../../src/state/filters.ts";
import { memorySource, petsRun, seriesAt, TREE } from "../memorySource.ts";
import { encode } from "../pets.ts";

const other = { ...petsRun, run: "other/validation", name: "other" };
let time = 0;

/** Logs both runs again, and waits until they are compared. */
async function compare(
  matrixOf: (isOther: boolean) => ArrayBuffer,
): Promise<void> {
  time++;
  useSource({
    ...memorySource([petsRun, other]),
    series: seriesAt(() => [time]),
    matrix: async (run) => matrixOf(run === other.run),
  });
  if (time === 1) await start({ run: petsRun.run, with: other.run });
  else await reload();
  await expect.poll(() => comparedSeries.value?.stamp).toBe(time);
  await expect.poll(() => chance.value).toBeTruthy();
}

/** So many of the first class are named the second, and nothing else is wrong. */
const oneCell =
  (samples: number, here: number, there: number) =>
  (isOther: boolean): ArrayBuffer => {
    const errors = isOther ? there : here;
    const rest = [samples, samples, samples];
    const counts = [samples - errors, errors, ...rest];
    return encode(4, [2, 1, 1, 1], [0, 0, 1, 2, 3], counts, TREE);
  };

const said = (): string[] => comparisonInWords().map(([text]) => text);

beforeAll(() => followComparison());

test("samples that were chosen by their answers are not tested", async () => {
  await compare(oneCell(100, 10, 40));
  expect(chance.value!.isBeyond).not.toContain(UNTESTED);
  const { cells } = view.epoch.value!;
  // What the shown run has wrong, and the other one right.
  const none = { ...cells, count: cells.count.map(() => 0) };
  const filter = { words: "all but fixed by other", note: null };
  recount.value = { cells, other: none, ...filter, clear: () => {} };
  expect([...chance.value!.isBeyond]).toEqual([UNTESTED]);
  expect([chance.value!.tested, chance.value!.found]).toEqual([0, 0]);
  expect(isOfChosenSamples.value).toBe(true);
  expect(said()).toContain(
    "striped: not tested, samples were chosen by their answers",
  );
  expect(said().join()).not.toMatch(/beyond chance|tested by/);
  const flags = comparedPairs(view.cut.value!)!.change!.isBeyond!;
  expect(flags.every((flag) => flag === UNTESTED)).toBe(true);
  recount.value = null;
  expect(chance.value!.isBeyond).not.toContain(UNTESTED);
});

test("where no count could differ beyond chance, the caption says so", async () => {
  // Five errors of both may be all of one.
  await compare(oneCell(20, 2, 3));
  expect(chance.value!.tested).toBe(0);
  expect(said()).toContain("no cell has counts large enough to test");
  expect(said().join()).not.toMatch(/of 0 cells|false discoveries/);
  // With what is within chance out of sight, that is all of them.
  hidesChance.value = true;
  expect(said()).toContain(
    "no cell has counts large enough to test: all are hidden",
  );
  hidesChance.value = false;
});

test("cells that did not change, or little, are tested as well", async () => {
  // Each class is taken for the next one 20 times, or in one case 30.
  await compare((isOther) =>
    encode(
      4,
      [2, 2, 2, 2],
      [0, 0, 1, 0, 2, 0, 0, 2],
      [...(isOther ? [70, 30] : [80, 20]), 80, 20, 80, 20, 20, 80],
      TREE,
    ),
  );
  expect(changes.value!.change).toHaveLength(1);
  expect(chance.value!.tested).toBe(4);
  expect(chance.value!.isBeyond).toHaveLength(1);
  const pairs = comparedPairs(view.cut.value!)!;
  least.value = 20;
  expect(changes.value!.change).toHaveLength(0);
  expect(chance.value!.tested).toBe(4);
  expect(pairs.change!.isBeyond).toBeDefined();
  least.value = 1;
});

test.each([
  [
    "mcnemar",
    "cells tested by counts, recalls by samples (McNemar), 5 % false discoveries",
  ],
  ["counts", "tested by counts, 5 % false discoveries"],
  // Until the answer has come nothing is said of recalls.
  [null, "cells tested by counts, 5 % false discoveries"],
])("recalls that are tested by %s are told from cells", async (how, text) => {
  await compare(oneCell(90, 2, 40));
  expect(chance.value!.tested).toBe(1);
  comparedPair.value = "pair";
  const answer = { test: how, why: null, nodes: {}, levels: [] };
  evidence.value = how ? { of: "pair", answer: answer as never } : null;
  expect(said().find((each) => each.includes("false discoveries"))).toBe(text);
});
