// @vitest-environment happy-dom
import { beforeAll, beforeEach, expect, test } from "vitest";
import { followComparison } from "../../src/loading/comparison.ts";
import { followEvidence } from "../../src/loading/evidence.ts";
import { reload } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import type { Significance } from "../../src/server/significance.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { comparedSeries } from "../../src/state/comparison/comparison.ts";
import { current } from "../../src/state/comparison/evidence.ts";
import { memorySource, petsRun, seriesAt } from "../memorySource.ts";

const other = { ...petsRun, run: "other/validation", name: "other" };
/** When each epoch of a run was logged. */
const times: Record<string, number[]> = {
  [petsRun.run]: [1, 2],
  [other.run]: [1, 2],
};
let asked = 0;

beforeAll(async () => {
  const memory = memorySource([petsRun, other]);
  useSource({
    ...memory,
    series: seriesAt((run) => times[run]!),
    matrix: (run, output) => memory.matrix(run, output, 1),
    significance: async () => {
      asked++;
      return { test: "none", why: String(asked) } as Significance;
    },
  });
  followComparison();
  followEvidence();
  await start({ run: petsRun.run, with: other.run, step: "2" });
});

/** How often it was asked, as the tests on screen say. */
const shown = (): string | null | undefined => current.value?.why;

beforeEach(async () => {
  await expect.poll(() => asked > 0 && shown() === String(asked)).toBe(true);
});

test("an epoch that is logged again is tested again", async () => {
  const before = asked;
  times[petsRun.run] = [1, 22];
  await reload();
  // Till they come, those of the epoch before are not shown.
  expect(current.value).toBeNull();
  await expect.poll(shown).toBe(String(before + 1));
});

test("so is what it is compared with", async () => {
  const before = asked;
  times[other.run] = [1, 22];
  await reload();
  await expect.poll(() => comparedSeries.value?.stamp).toBe(22);
  await expect.poll(shown).toBe(String(before + 1));
});

test("a later epoch changes nothing", async () => {
  const before = asked;
  const { value } = current;
  for (const { run } of [petsRun, other]) times[run] = [1, 22, 23];
  await reload();
  await expect.poll(() => view.epochs.value.length).toBe(3);
  await new Promise((done) => setTimeout(done, 500));
  expect(asked).toBe(before);
  expect(current.value).toBe(value);
});
