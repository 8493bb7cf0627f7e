// @vitest-environment happy-dom
import { beforeAll, beforeEach, expect, test } from "vitest";
import { answered, followLayers } from "../../src/layers/data/loadLayers.ts";
import { followProbes, probes } from "../../src/layers/data/probeMatrices.ts";
import { reload } from "../../src/loading/series.ts";
import type { LayersAnswer } from "../../src/server/layersAnswer.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { tab } from "../../src/state/tabs.ts";
import { memorySource, petsRun, seriesAt } from "../memorySource.ts";
import { encode } from "../pets.ts";

const PROBE = "conv_linear";
const run = { ...petsRun, outputs: ["class", PROBE], layers: ["class"] };
/** When each epoch was logged, and how much was right in the second. */
let times = [1, 2];
let right = 8;
const asked = { layers: 0, matrices: 0 };

beforeAll(async () => {
  const memory = memorySource([run]);
  useSource({
    ...memory,
    series: seriesAt(() => times),
    layers: async () => {
      asked.layers++;
      const record = { hierarchy: "h", layers: ["conv"], right: [[right]] };
      return { step: 2, record } as unknown as LayersAnswer;
    },
    matrix: async () => {
      asked.matrices++;
      const counts = [10, right, 10 - right, 10, 10];
      const of = { hierarchy: "h", grouping: null };
      return encode(4, [1, 2, 1, 1], [0, 1, 1, 2, 3], counts, of);
    },
  });
  tab.value = "layers";
  followLayers();
  followProbes();
  await reload();
  view.goToStep(2);
});

const shownRight = (): number | undefined =>
  probes.value.get(PROBE)?.epoch.sums.correct[0];

beforeEach(async () => {
  await expect.poll(shownRight).toBe(30 + right);
});

test("what is logged again is shown", async () => {
  times = [1, 22];
  right = 5;
  await reload();
  await expect.poll(shownRight).toBe(35);
  expect(answered.value?.found.record.right).toEqual([[5]]);
});

test("a later epoch brings what may have come behind it, and no other matrix", async () => {
  const before = { ...asked };
  times = [1, 22, 23];
  await reload();
  await expect.poll(() => asked.layers).toBe(before.layers + 1);
  await expect.poll(shownRight).toBe(35);
  expect(view.step.value).toBe(2);
  expect(asked.matrices).toBe(before.matrices);
});
