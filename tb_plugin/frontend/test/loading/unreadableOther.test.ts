// @vitest-environment happy-dom
import { beforeAll, expect, test } from "vitest";
import { followComparison } from "../../src/loading/comparison.ts";
import { start } from "../../src/loading/startup.ts";
import { useSource } from "../../src/server/source.ts";
import { mismatch } from "../../src/state/comparison/comparedEpoch.ts";
import {
  comparedRun,
  comparedSeries,
} from "../../src/state/comparison/comparison.ts";
import { memorySource, petsRun } from "../memorySource.ts";

const runNamed = (name: string): typeof petsRun => ({
  ...petsRun,
  run: `${name}/validation`,
  name,
});
const good = runNamed("good");
const broken = runNamed("broken");

beforeAll(async () => {
  const memory = memorySource([petsRun, good, broken]);
  useSource({
    ...memory,
    series: async (run, output) => {
      const { epochs, ...series } = await memory.series(run, output);
      if (run !== broken.run) return { ...series, epochs };
      const error = "The record is truncated.";
      const unreadable = epochs.map(({ step, wall_time }) => ({
        step,
        wall_time,
        error,
      }));
      return { ...series, epochs: unreadable };
    },
  });
  followComparison();
  await start({ run: petsRun.run, with: good.run });
});

test("a run without a readable epoch is no comparison with the one before", async () => {
  await expect.poll(() => comparedSeries.value?.run).toBe(good.run);
  comparedRun.value = broken.run;
  await expect
    .poll(() => mismatch.value)
    .toBe(
      "No epoch of broken/validation can be read: The record is truncated.",
    );
  expect(comparedSeries.value).toBeNull();
  comparedRun.value = good.run;
  await expect.poll(() => comparedSeries.value?.run).toBe(good.run);
  expect(mismatch.value).toBeNull();
});
