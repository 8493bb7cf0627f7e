// @vitest-environment happy-dom
import { beforeAll, expect, test, vi } from "vitest";
import { followLink } from "../../src/loading/followLink.ts";
import { chooseRun } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import {
  earlier,
  earlierProblem,
  followSamples,
  loadSamplesFor,
  shown,
} from "../../src/samples/data/loadSamples.ts";
import {
  followPin,
  previewed,
} from "../../src/samples/detail/detailedSample.ts";
import { saveCsv } from "../../src/samples/export/savedSamples.ts";
import { caption } from "../../src/samples/SamplesView.tsx";
import {
  followLink as followChoices,
  pinned,
  since,
  sinceThen,
} from "../../src/samples/selection/choices.ts";
import { facts } from "../../src/samples/selection/shownSamples.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { NO_EPOCH } from "../../src/state/page.ts";
import { sampleChoices, tab } from "../../src/state/tabs.ts";
import { memorySource, petsRun } from "../memorySource.ts";
import { packed } from "../pets.ts";
import { until } from "../until.ts";

const own = { ...petsRun, samples: ["class"] };
const rival = { ...own, run: "other/validation", name: "other" };
/** Its first epoch is of other samples than its second. */
const mixed = { ...own, run: "mixed/validation", name: "mixed" };
const indexOf = (run: string, step: number): string =>
  run === own.run || (run === mixed.run && step === 1) ? "i" : "j";

/** Top 1 of four samples, all of one probability. */
const record = (best: number[], index: string): ArrayBuffer =>
  packed(
    "KHS1",
    { version: 1, samples: 4, classes: 4, top: 1, hierarchy: "h", index },
    [best, ...[9, 9, 10, 10, 0].map((code) => Array(4).fill(code))].flat(),
  );

beforeAll(async () => {
  const memory = memorySource([own, rival, mixed]);
  useSource({
    ...memory,
    sampleEpochs: async (run) =>
      [1, 2].map((step) => ({
        step,
        wall_time: step,
        samples: 4,
        top: 1,
        hierarchy: "h",
        index: indexOf(run, step),
      })),
    samples: async (run, _, step) =>
      record(
        step === 1 ? [1, 2, 3, 0] : [0, 1, 2, 0],
        indexOf(run, step),
      ).slice(0),
    sampleIndex: async (_run, digest) => ({
      version: 1,
      counts: [1, 1, 1, 1],
      named: true,
      ids: ["a", "b", "c", "d"].map((id) => `${digest}${id}`),
    }),
  } as typeof memory);
  followChoices();
  followSamples();
  followPin();
  loadSamplesFor("samples");
  await start({ run: own.run, step: "2", view: "samples" });
  tab.value = "samples";
  await until(() => shown.value?.step === 2);
});

test("of what a filter asks for no more are shown than there are", async () => {
  since.value = 1;
  await until(() => earlier.value?.step === 1);
  sinceThen.value = "won";
  expect(caption()[0]?.[0]).toMatch(/^3 of 4 shown/);
  since.value = NO_EPOCH;
  sinceThen.value = null;
});

test("by how much one leads the second is unknown of the best alone", () => {
  expect([...facts.value!.margin.subarray(0, 3)]).toEqual(
    Array(3).fill(Number.NaN),
  );
});

test("a table of samples is named after their epoch, and marked as UTF-8", async () => {
  const names: string[] = [];
  const { click } = HTMLAnchorElement.prototype;
  HTMLAnchorElement.prototype.click = function () {
    names.push(this.download);
  };
  const files = vi.spyOn(URL, "createObjectURL");
  const loaded = { ...shown.value!, step: 1 };
  saveCsv(view.tree.value!, loaded, facts.value!, Uint32Array.of(0));
  HTMLAnchorElement.prototype.click = click;
  expect(names[0]).toMatch(/-epoch1-samples[.]csv$/);
  const bytes = await (files.mock.calls[0]![0] as Blob).arrayBuffer();
  expect([...new Uint8Array(bytes).subarray(0, 3)]).toEqual([239, 187, 191]);
});

test("a pin stays with its samples, and ends with them", async () => {
  pinned.value = 2;
  view.goToStep(1);
  await until(() => shown.value?.step === 1);
  expect(pinned.value).toBe(2);
  await chooseRun(rival.run);
  await until(() => shown.value?.run === rival.run);
  expect(pinned.value).toBe(null);
});

test("what the pointer rested on stays from epoch to epoch, and goes with its view", async () => {
  previewed.value = 2;
  const step = shown.value!.step === 1 ? 2 : 1;
  view.goToStep(step);
  await until(() => shown.value?.step === step);
  expect(previewed.value).toBe(2);
  tab.value = "quality";
  expect(previewed.value).toBeNull();
  tab.value = "samples";
});

test("a pin that a link says waits for the samples of the link", async () => {
  // Of the samples on screen until the others have come.
  pinned.value = 1;
  await expect.poll(() => sampleChoices.value).toContain("sample=1");
  const link = { run: own.run, step: "2", view: "samples" };
  await followLink({ ...link, samples: "sample=3" });
  await until(() => shown.value?.run === own.run);
  expect(pinned.value).toBe(3);
  await chooseRun(rival.run);
  await until(() => shown.value?.run === rival.run);
  expect(pinned.value).toBe(null);
});

test("an epoch of other samples is none to look back to, which is said", async () => {
  await chooseRun(mixed.run);
  view.goToStep(2);
  await until(() => shown.value?.run === mixed.run && shown.value.step === 2);
  since.value = 1;
  await until(() => earlierProblem.value);
  expect([earlier.value, earlierProblem.value]).toEqual([
    null,
    "they are other samples",
  ]);
  since.value = NO_EPOCH;
});
