// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { followLink } from "../../src/loading/followLink.ts";
import { isRestoring } from "../../src/loading/restoreLink.ts";
import { reload } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { instead } from "../../src/state/missingRun.ts";
import { memorySource, petsRun } from "../memorySource.ts";

let release = (): void => {};
let tests = 0;

/** Matrices come once they are released, and none is kept from before. */
beforeEach(() => {
  const held = new Promise<void>((done) => {
    release = done;
  });
  const memory = memorySource();
  const time = ++tests;
  view.sayInstead(null);
  useSource({
    ...memory,
    series: async (run, output) => {
      const { epochs, ...series } = await memory.series(run, output);
      return {
        ...series,
        epochs: epochs.map((epoch) => ({ ...epoch, wall_time: time })),
      };
    },
    matrix: async (run, output, step) => {
      await held;
      return memory.matrix(run, output, step);
    },
  });
});

/** As TensorBoard does when it has read its logs, here before a link is shown. */
async function lookAgain(): Promise<void> {
  expect(isRestoring()).toBe(true);
  await reload();
  await reload();
  release();
  await expect.poll(isRestoring).toBe(false);
}

test("a link's epoch stays when the page looks again before it is drawn", async () => {
  await start({ run: petsRun.run, step: "1" });
  await lookAgain();
  expect([view.step.value, view.drawnStep.value]).toEqual([1, 1]);
  expect(instead.value).toBeNull();
});

test("so does that of a link that is opened in the open page", async () => {
  view.goToStep(2);
  await reload();
  void followLink({ run: petsRun.run, step: "1" });
  await expect.poll(() => view.step.value).toBe(1);
  await lookAgain();
  expect([view.step.value, view.drawnStep.value]).toEqual([1, 1]);
});

test("that there is no such epoch is still said when the page looks again", async () => {
  view.goToStep(1);
  await reload();
  void followLink({ run: petsRun.run, step: "9" });
  await expect.poll(() => view.step.value).toBe(2);
  await lookAgain();
  expect(instead.value).toMatchObject({ asked: "epoch 9", step: 2 });
});

test("a link to the shown series without an epoch means the last one", async () => {
  view.goToStep(1);
  await reload();
  void followLink({ run: petsRun.run });
  await expect.poll(() => view.step.value).toBe(2);
  await lookAgain();
  expect([view.step.value, view.drawnStep.value]).toEqual([2, 2]);
  expect(instead.value).toBeNull();
});
