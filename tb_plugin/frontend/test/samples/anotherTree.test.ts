// @vitest-environment happy-dom
import { h, render } from "preact";
import { expect, test } from "vitest";
import { start } from "../../src/loading/startup.ts";
import {
  followSamples,
  loadSamplesFor,
  shown,
} from "../../src/samples/data/loadSamples.ts";
import { EmptyNote } from "../../src/samples/SamplesView.tsx";
import { facts, misfit } from "../../src/samples/selection/shownSamples.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { tab } from "../../src/state/tabs.ts";
import { memorySource, petsRun } from "../memorySource.ts";
import { packed } from "../pets.ts";
import { until } from "../until.ts";

const own = { ...petsRun, samples: ["class"] };
/** Samples of epoch 1 under the same tree, of epoch 2 under a turned one. */
const TREES = ["", "0123456789abcdef", "turned"];

const record = (hierarchy: string): ArrayBuffer =>
  packed(
    "KHS1",
    { version: 1, samples: 4, classes: 4, top: 1, hierarchy, index: "i" },
    [
      [1, 2, 3, 0],
      ...[9, 9, 10, 10, 0].map((code) => Array(4).fill(code)),
    ].flat(),
  );

test("classes that another tree numbers in another order are not named", async () => {
  const memory = memorySource([own]);
  useSource({
    ...memory,
    hierarchy: async (run, digest, grouping) => {
      const json = await memory.hierarchy(run, digest, grouping);
      if (digest !== "turned") return json;
      const labels = json.labels.map((label) => (label < 0 ? -1 : 3 - label));
      return { ...json, labels };
    },
    sampleEpochs: async () =>
      [1, 2].map((step) => ({
        step,
        wall_time: step,
        samples: 4,
        top: 1,
        hierarchy: TREES[step]!,
        index: "i",
      })),
    samples: async (_run, _output, step) => record(TREES[step]!),
    sampleIndex: async () => ({
      version: 1,
      counts: [1, 1, 1, 1],
      named: true,
      ids: ["a", "b", "c", "d"],
    }),
  } as typeof memory);
  followSamples();
  loadSamplesFor("samples");
  await start({ run: own.run, step: "1", view: "samples" });
  tab.value = "samples";
  await until(() => shown.value?.step === 1);
  expect(facts.value).not.toBeNull();
  expect(misfit.value).toBeNull();
  view.goToStep(2);
  await until(() => shown.value?.step === 2);
  expect(facts.value).toBeNull();
  expect(misfit.value).toMatch(/^These samples are of the classes of another/);
  render(h(EmptyNote, {}), document.body);
  const said = (): string => document.body.textContent ?? "";
  expect(said()).toMatch(/^These samples are of the classes of another tree/);
  // Of more or fewer classes their numbers say it better.
  const { record: read } = shown.value!;
  const header = { ...read.header, classes: 3 };
  shown.value = { ...shown.value!, record: { ...read, header } };
  await expect.poll(said).toBe("The samples have 3 classes, the matrix 4.");
  // Those of one run are not shown as another's while these are on their way.
  view.goToStep(1);
  await until(() => facts.value !== null);
  view.goToStep(2);
  await until(() => misfit.value !== null);
  shown.value = { ...shown.value!, run: "other/validation" };
  expect([facts.value, misfit.value]).toEqual([null, null]);
});
