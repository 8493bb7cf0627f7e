// @vitest-environment happy-dom
import { beforeAll, beforeEach, expect, test } from "vitest";
import { reload } from "../../src/loading/series.ts";
import {
  answered,
  asked,
  channels,
  followResponses,
} from "../../src/responses/data/loadResponses.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { tab } from "../../src/state/tabs.ts";
import { memorySource, petsRun, seriesAt, TREE } from "../memorySource.ts";
import { pets, petsMatrix } from "../pets.ts";

/** When each epoch was logged, and what the means of the second say. */
let times = [1, 2];
let mean = 0.1;
let lists = 0;

beforeAll(async () => {
  const memory = memorySource([{ ...petsRun, means: ["conv"] }]);
  useSource({
    ...memory,
    series: seriesAt(() => times),
    json: async <Answer>(route: string) => {
      if (route === "responses") {
        const about = { layer: "conv", step: 2, hierarchy: TREE.hierarchy };
        return { ...about, mean } as Answer;
      }
      if (route !== "channels") throw new Error("not logged");
      lists++;
      return { step: 2, inside: mean, entries: [] } as Answer;
    },
    bytes: async () => petsMatrix.slice(0),
  });
  tab.value = "responses";
  followResponses();
  await reload();
  view.tree.value = pets;
  view.goToStep(2);
  view.select(1);
});

/** What is on screen of the layer, and of the channels of the group. */
const shown = (): unknown[] => [
  answered.value?.found.mean,
  channels.value?.of === asked.value && channels.value.found?.inside,
];

beforeEach(async () => {
  await expect.poll(shown).toEqual([mean, mean]);
});

test("what is logged again is shown", async () => {
  times = [1, 22];
  mean = 0.2;
  await reload();
  await expect.poll(shown).toEqual([0.2, 0.2]);
});

test("a later epoch leaves the channels", async () => {
  const before = lists;
  times = [1, 22, 23];
  await reload();
  expect(shown()).toEqual([0.2, 0.2]);
  await new Promise((done) => setTimeout(done, 50));
  expect(shown()).toEqual([0.2, 0.2]);
  expect(view.step.value).toBe(2);
  expect(lists).toBe(before);
});
