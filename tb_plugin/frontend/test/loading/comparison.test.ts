// @vitest-environment happy-dom
import { effect } from "@preact/signals";
import { beforeAll, expect, test } from "vitest";
import { followComparison } from "../../src/loading/comparison.ts";
import { start } from "../../src/loading/startup.ts";
import { useSource } from "../../src/server/source.ts";
import {
  comparisonNumbers,
  otherEpoch,
} from "../../src/state/comparison/comparedEpoch.ts";
import { comparedSeries } from "../../src/state/comparison/comparison.ts";
import * as view from "../../src/state/view.ts";
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
      return memory.matrix(run, output, 1 + (step % 2));
    },
  });
  followComparison();
  await start({ run: petsRun.run, with: other.run });
});

test("the epochs around are fetched of both, each once", async () => {
  await expect.poll(() => asked.length).toBe(2 * EPOCHS);
  expect(new Set(asked).size).toBe(2 * EPOCHS);
  // Those that are shown come before all others.
  expect(asked.slice(0, 2).sort()).toEqual([
    `${other.run} ${EPOCHS}`,
    `${petsRun.run} ${EPOCHS}`,
  ]);
});

test("both change together, so that nothing is compared with another epoch", async () => {
  await expect.poll(() => otherEpoch.value).not.toBeNull();
  await expect.poll(() => comparisonNumbers.value).not.toBeNull();
  const seen: [number, number | undefined][] = [];
  const stop = effect(() => {
    seen.push([view.drawnStep.value, comparedSeries.value?.step]);
  });
  for (const step of [11, 10, 3, 4]) view.goToStep(step);
  stop();
  expect(seen).toEqual([12, 11, 10, 3, 4].map((step) => [step, step]));
});
