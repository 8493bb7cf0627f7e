// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { reload } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { memorySource, petsRun } from "../memorySource.ts";

test("the series of a link is asked for with the runs, and once", async () => {
  const memory = memorySource();
  const asked: string[] = [];
  let list: (() => void) | undefined;
  useSource({
    ...memory,
    runs: async (sets) => {
      asked.push("runs");
      await new Promise<void>((done) => {
        list = done;
      });
      return memory.runs(sets);
    },
    series: (run, output) => {
      asked.push(`${run} ${output}`);
      return memory.series(run, output);
    },
  });
  const started = start({ run: petsRun.run, output: "class", step: "1" });
  expect(asked.sort()).toEqual([`${petsRun.run} class`, "runs"]);
  list?.();
  await started;
  await expect.poll(() => view.drawnStep.value).toBe(1);
  expect(asked).toHaveLength(2);
  // Later it is asked for anew: there may be more epochs.
  const again = reload();
  list?.();
  await again;
  expect(asked).toHaveLength(4);
});

test("of a run that a link names alone no output is guessed", async () => {
  const memory = memorySource();
  const asked: string[] = [];
  let isListed = false;
  view.run.value = "";
  view.output.value = "";
  view.runs.value = null;
  useSource({
    ...memory,
    runs: async (sets) => {
      const [first] = await memory.runs(sets);
      isListed = true;
      return [{ ...first!, outputs: ["fc7_linear"] }];
    },
    series: (run, output) => {
      asked.push(`${run} ${output} ${isListed}`);
      return memory.series(run, "class");
    },
  });
  await start({ run: petsRun.run, step: "1" });
  expect(asked).toEqual([`${petsRun.run} fc7_linear true`]);
});
