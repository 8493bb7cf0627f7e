// @vitest-environment happy-dom
import { beforeAll, expect, test } from "vitest";
import { followComparison } from "../../src/loading/comparison.ts";
import { start } from "../../src/loading/startup.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { mismatch } from "../../src/state/comparison/comparedEpoch.ts";
import {
  comparedEpochs,
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
const missing = runNamed("missing");
const late = runNamed("late");
/** Lets the epochs of the late run be listed. */
let list: () => void;

beforeAll(async () => {
  const memory = memorySource([petsRun, good, broken, missing, late]);
  useSource({
    ...memory,
    series: async (run, output) => {
      if (run === missing.run) throw new Error("There are no epochs of it.");
      if (run === late.run) {
        await new Promise<void>((done) => {
          list = done;
        });
      }
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

/** Shows another epoch, and what comes with it. */
async function step(): Promise<void> {
  view.goToStep(3 - view.step.value);
  await expect.poll(() => view.drawnStep.value).toBe(view.step.value);
  await new Promise((done) => setTimeout(done, 50));
}

test("no step goes back to the run before one that cannot be listed", async () => {
  await expect.poll(() => comparedSeries.value?.run).toBe(good.run);
  comparedRun.value = missing.run;
  await expect.poll(() => mismatch.value).toBe("There are no epochs of it.");
  await step();
  expect(mismatch.value).toBe("There are no epochs of it.");
  expect(comparedSeries.value).toBeNull();
  comparedRun.value = good.run;
  await expect.poll(() => comparedSeries.value?.run).toBe(good.run);
});

test("nor while the epochs of another are on their way", async () => {
  const before = comparedSeries.value;
  comparedRun.value = late.run;
  await expect.poll(() => list).toBeDefined();
  expect(comparedEpochs.value).toEqual([]);
  await step();
  expect(comparedSeries.value).toBe(before);
  list();
  await expect.poll(() => comparedSeries.value?.run).toBe(late.run);
  expect(comparedSeries.value?.step).toBe(view.step.value);
});
