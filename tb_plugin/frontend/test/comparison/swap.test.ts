// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { swap } from "../../src/comparison/HowCompared.tsx";
import { followComparison } from "../../src/loading/comparison.ts";
import { chooseRun } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import {
  comparedRun,
  comparedSeries,
} from "../../src/state/comparison/comparison.ts";
import { memorySource, petsRun } from "../memorySource.ts";

const [other, third] = ["other", "third"].map((name) => ({
  ...petsRun,
  run: `${name}/validation`,
  name,
})) as [typeof petsRun, typeof petsRun];
const memory = memorySource([petsRun, other, third]);

useSource(memory);
await start({ run: petsRun.run, with: other.run });
followComparison();

beforeEach(async () => {
  useSource(memory);
  await chooseRun(petsRun.run);
  comparedRun.value = other.run;
  await expect.poll(() => comparedSeries.value?.run).toBe(other.run);
});

test("the two change places", async () => {
  await swap();
  expect([view.run.value, comparedRun.value]).toEqual([other.run, petsRun.run]);
});

test("where the other cannot be shown, both stay where they are", async () => {
  useSource({
    ...memory,
    series: () => Promise.reject(new Error("it cannot be read")),
  });
  await swap();
  expect([view.run.value, comparedRun.value]).toEqual([petsRun.run, other.run]);
  expect(view.problem.value?.text).toBe("it cannot be read");
});

test("where a third run is chosen meanwhile, it is compared as before", async () => {
  const swapped = swap();
  await chooseRun(third.run);
  await swapped;
  expect([view.run.value, comparedRun.value]).toEqual([third.run, other.run]);
});
