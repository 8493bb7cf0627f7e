// @vitest-environment happy-dom
import { effect } from "@preact/signals";
import { expect, test } from "vitest";
import { followLayers } from "../../src/layers/data/loadLayers.ts";
import {
  followProbes,
  outputOf,
  probes,
} from "../../src/layers/data/probeMatrices.ts";
import { reload } from "../../src/loading/series.ts";
import type { LayersAnswer } from "../../src/server/layersAnswer.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { tab } from "../../src/state/tabs.ts";
import { memorySource, petsRun } from "../memorySource.ts";
import { encode } from "../pets.ts";

const layers = ["one", "two", "three", "damaged"];
const outputs = ["class", ...layers.map(outputOf)];

test("matrices that come at about the same time are drawn once", async () => {
  const memory = memorySource([{ ...petsRun, outputs, layers: ["class"] }]);
  useSource({
    ...memory,
    layers: async () =>
      ({
        step: 2,
        record: { hierarchy: "h", layers },
      }) as unknown as LayersAnswer,
    matrix: async (_run, output) => {
      await new Promise((done) => setTimeout(done, 5 * output.length));
      if (output === outputOf("damaged")) throw new Error("cut short");
      const counts = [10, 8, 2, 10, 10];
      const of = { hierarchy: "h", grouping: null };
      return encode(4, [1, 2, 1, 1], [0, 1, 1, 2, 3], counts, of);
    },
  });
  const sizes: number[] = [];
  effect(() => {
    sizes.push(probes.value.size);
  });
  tab.value = "layers";
  followLayers();
  followProbes();
  await reload();
  view.goToStep(2);
  await expect.poll(() => sizes.at(-1)).toBe(3);
  expect(sizes.filter((size) => size > 0)).toEqual([3]);
});
