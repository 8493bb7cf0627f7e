// @vitest-environment happy-dom
import { beforeAll, expect, test } from "vitest";
import { followComparison } from "../../src/loading/comparison.ts";
import { reload } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import {
  followSamples,
  other,
  sampleEpochs,
  shown,
} from "../../src/samples/data/loadSamples.ts";
import { followRecount } from "../../src/samples/followSamples.ts";
import { caption } from "../../src/samples/SamplesView.tsx";
import { betweenRuns } from "../../src/samples/selection/choices.ts";
import { whyNoOther } from "../../src/samples/selection/filterWords.ts";
import { otherFacts } from "../../src/samples/selection/shownSamples.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { comparedSeries } from "../../src/state/comparison/comparison.ts";
import { memorySource, petsRun, seriesAt } from "../memorySource.ts";
import { packed } from "../pets.ts";
import { until } from "../until.ts";

const own = { ...petsRun, samples: ["class"] };
const rival = { ...own, run: "other/validation", name: "other" };

/** One sample of each class, of which the first two are named wrong. */
const record = packed(
  "KHS1",
  { version: 1, samples: 4, classes: 4, top: 1, hierarchy: "h", index: "i" },
  [
    [1, 0, 2, 3],
    ...[9, 9, 10, 10, 0].map((code) => Array(4).fill(code)),
  ].flat(),
);

/** When each epoch of a run was logged, and of which there are samples. */
let times: number[] = [1, 2];
let sampled: Record<string, number[]>;
const asked: string[] = [];

/** Lists and shows an epoch once more, with all that goes with it. */
async function look(step: number): Promise<void> {
  await reload();
  view.goToStep(step);
  await until(
    () => view.drawnStep.value === step && comparedSeries.value?.step === step,
  );
  await new Promise((done) => setTimeout(done, 50));
}

beforeAll(async () => {
  const memory = memorySource([own, rival]);
  useSource({
    ...memory,
    series: seriesAt(() => times),
    matrix: (run, output) => memory.matrix(run, output, 1),
    sampleEpochs: async (run) => {
      asked.push(run);
      return sampled[run]!.map((step) => ({
        step,
        wall_time: times[step - 1]!,
        samples: 4,
        top: 1,
        hierarchy: "h",
        index: "i",
      }));
    },
    samples: async () => record.slice(0),
    sampleIndex: async () => ({
      version: 1,
      counts: [1, 1, 1, 1],
      named: true,
      ids: ["b", "h", "p", "t"],
    }),
  });
  sampled = { [own.run]: [1, 2], [rival.run]: [1] };
  followComparison();
  followSamples();
  followRecount();
  await start({ run: own.run, with: rival.run, step: "2" });
  await until(() => comparedSeries.value?.step === 2);
  betweenRuns.value = "wrong in both";
  await until(() => shown.value?.step === 2 && other.value !== null);
});

test("samples of another epoch say nothing of the one that is compared", () => {
  expect(other.value?.step).toBe(1);
  expect(otherFacts.value).toBeNull();
  expect(whyNoOther()).toBe("the other samples are of epoch 1");
  expect(caption().map(([text]) => text)).toContain(
    "not counted: wrong in both (the other samples are of epoch 1)",
  );
});

test("what the other run logs since is found", async () => {
  times = [1, 2, 3];
  sampled[rival.run] = [1, 2];
  await look(2);
  expect([shown.value?.step, other.value?.step]).toEqual([2, 2]);
  expect(whyNoOther()).toBeNull();
  expect(caption()[0]![0]).toBe("2 of 2 shown: wrong in both");
});

test("both of one epoch compare, where none are of the one on screen", async () => {
  await look(3);
  expect([shown.value?.step, other.value?.step]).toEqual([2, 2]);
  expect(whyNoOther()).toBeNull();
  expect(caption().map(([text]) => text)).toContain("samples of epoch 2");
});

test("lists are asked for once till something is logged, or logged again", async () => {
  const before = asked.length;
  await look(2);
  expect(asked.length).toBe(before);
  // Of three epochs the last was logged again, this time with samples.
  times = [1, 2, 33];
  sampled[own.run] = sampled[rival.run] = [1, 2, 3];
  await look(3);
  expect(asked.slice(before).sort()).toEqual([rival.run, own.run].sort());
  expect(sampleEpochs.value?.length).toBe(3);
  expect([shown.value?.step, other.value?.step]).toEqual([3, 3]);
});
