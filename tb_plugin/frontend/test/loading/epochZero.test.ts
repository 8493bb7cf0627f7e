// @vitest-environment happy-dom
import { beforeAll, expect, test } from "vitest";
import { compareWith } from "../../src/comparison/CompareChoice.tsx";
import { followComparison } from "../../src/loading/comparison.ts";
import { followLink } from "../../src/loading/followLink.ts";
import { start } from "../../src/loading/startup.ts";
import { wantedTests } from "../../src/panel/listedPairs.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import {
  comparedRun,
  comparedSeries,
} from "../../src/state/comparison/comparison.ts";
import { chosenSort } from "../../src/state/confusionListSort.ts";
import { currentLink } from "../../src/state/link.ts";
import { instead } from "../../src/state/missingRun.ts";
import { memorySource, petsRun } from "../memorySource.ts";

/** A log whose epochs are numbered as Python counts: 0 and 1. */
beforeAll(async () => {
  const memory = memorySource();
  useSource({
    ...memory,
    series: async (run, output) => {
      const { epochs, ...series } = await memory.series(run, output);
      return {
        ...series,
        epochs: epochs.map((info) => ({ ...info, step: info.step - 1 })),
      };
    },
    matrix: (run, output, step) => memory.matrix(run, output, step + 1),
  });
  followComparison();
  await start({});
});

const drawn = async (step: number): Promise<void> => {
  await expect.poll(() => view.drawnStep.value).toBe(step);
};

test("the page opens with the last epoch, not with number 0", async () => {
  await drawn(1);
  expect(view.step.value).toBe(1);
});

test("epoch 0 is shown, tested and linked to like any other", async () => {
  view.goToStep(0);
  await drawn(0);
  expect(view.epoch.value?.errors).toBe(2);
  expect(currentLink.value).toMatchObject({ step: "0" });
  chosenSort.value = { key: "surprise", flipped: false };
  expect(wantedTests.value).toMatchObject({ step: 0 });
  chosenSort.value = null;
});

test("a link to it is followed, and one that names none means the last", async () => {
  view.goToStep(1);
  await drawn(1);
  await followLink({ run: petsRun.run, step: "0" });
  await drawn(0);
  await followLink({ run: petsRun.run });
  await drawn(1);
  expect(instead.value).toBeNull();
});

test("the first epoch to compare with may be number 0", async () => {
  compareWith(petsRun.run, "class");
  await expect.poll(() => comparedSeries.value?.step).toBe(0);
  expect(view.drawnStep.value).toBe(1);
  expect(currentLink.value).toMatchObject({ withStep: "0" });
  comparedRun.value = "";
});
