// @vitest-environment happy-dom
import { effect } from "@preact/signals";
import { beforeAll, expect, test } from "vitest";
import { followComparison } from "../../src/loading/comparison.ts";
import { isKept } from "../../src/loading/epochs.ts";
import { start } from "../../src/loading/startup.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import {
  comparisonNumbers,
  otherEpoch,
} from "../../src/state/comparison/comparedEpoch.ts";
import { comparedSeries } from "../../src/state/comparison/comparison.ts";
import { memorySource, petsRun } from "../memorySource.ts";

const other = { ...petsRun, run: "other/validation", name: "other" };
const EPOCHS = 12;
const asked: string[] = [];

beforeAll(async () => {
  const memory = memorySource([petsRun, other]);
  useSource({
    ...memory,
    series: async (run, output) => {
      // The other's epochs are known first.
      if (run === petsRun.run)
        await new Promise((done) => setTimeout(done, 50));
      const { epochs, ...series } = await memory.series(run, output);
      return {
        ...series,
        epochs: Array.from({ length: EPOCHS }, (_, i) => ({
          ...epochs[0]!,
          step: i + 1,
        })),
      };
    },
    matrix: async (run, output, step) => {
      asked.push(`${run} ${step}`);
      // What is compared comes later than what is shown, or earlier.
      const isLate = (run === other.run) === step > 6;
      if (isLate) await new Promise((done) => setTimeout(done, 30));
      return memory.matrix(run, output, 1 + (step % 2));
    },
  });
  followComparison();
  await start({ run: petsRun.run, with: other.run });
});

/** Which epochs stand beside one another, as they change. */
function watch(): { seen: [number, number | undefined][]; stop: () => void } {
  const seen: [number, number | undefined][] = [];
  const stop = effect(() => {
    seen.push([view.drawnStep.value, comparedSeries.value?.step]);
  });
  return { seen, stop };
}

test("an epoch that comes first waits for the other", async () => {
  await expect.poll(() => comparedSeries.value?.step).toBe(EPOCHS);
  await expect.poll(() => view.drawnStep.value).toBe(EPOCHS);
  const { seen, stop } = watch();
  for (const step of [8, 2]) {
    view.goToStep(step);
    await expect.poll(() => view.drawnStep.value).toBe(step);
  }
  await expect.poll(() => comparedSeries.value?.step).toBe(2);
  stop();
  expect(seen).toEqual([12, 8, 2].map((step) => [step, step]));
  view.goToStep(EPOCHS);
});

test("the epochs around are fetched of both, each once", async () => {
  await expect.poll(() => asked.length).toBe(2 * EPOCHS);
  expect(new Set(asked).size).toBe(2 * EPOCHS);
  const areKept = (): boolean =>
    view.epochs.value.every((info) =>
      [petsRun, other].every(({ run }) => isKept(info, run, "class")),
    );
  await expect.poll(areKept).toBe(true);
  // Those that are shown come before all others.
  expect(asked.slice(0, 2).sort()).toEqual([
    `${other.run} ${EPOCHS}`,
    `${petsRun.run} ${EPOCHS}`,
  ]);
});

test("both change together, so that nothing is compared with another epoch", async () => {
  await expect.poll(() => otherEpoch.value).not.toBeNull();
  await expect.poll(() => comparisonNumbers.value).not.toBeNull();
  const { seen, stop } = watch();
  for (const step of [11, 10, 3, 4]) view.goToStep(step);
  stop();
  expect(seen).toEqual([12, 11, 10, 3, 4].map((step) => [step, step]));
});
