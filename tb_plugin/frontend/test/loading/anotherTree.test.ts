// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { start } from "../../src/loading/startup.ts";
import type { EpochInfo } from "../../src/server/answers.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { memorySource, petsRun, seriesAt } from "../memorySource.ts";
import { encode, petsJson } from "../pets.ts";

const OTHER = "fedcba9876543210";

test("an epoch that was logged again with another tree is listed again, not drawn under wrong names", async () => {
  const memory = memorySource();
  const list = seriesAt(() => [1]);
  let lists = 0;
  const drawn = new Set<string | undefined>();
  useSource({
    ...memory,
    series: async (run, output) => {
      const { epochs, ...series } = await list(run, output);
      // It is logged again as soon as it is listed.
      const now: Partial<EpochInfo> = lists++
        ? { wall_time: 2, hierarchy: OTHER }
        : {};
      return { ...series, epochs: [{ ...epochs[0]!, ...now }] };
    },
    matrix: async () =>
      encode(4, [1, 2, 1, 1], [0, 1, 1, 2, 3], [10, 8, 2, 10, 10], {
        hierarchy: OTHER,
        grouping: null,
      }),
    hierarchy: async (_run, digest) => {
      // The other tree numbers pugs and huskies the other way round.
      const [one, two] = digest === OTHER ? [1, 2] : [2, 1];
      const labels = [-1, -1, -1, one, two, -1, 3, -1, 0];
      return { ...structuredClone(petsJson), labels };
    },
  });
  view.loggedEpoch.subscribe((epoch) => {
    if (epoch) drawn.add(view.epochs.value[0]?.hierarchy);
  });
  await start({ run: petsRun.run });
  await expect.poll(() => view.loggedEpoch.value).not.toBeNull();
  expect([...drawn]).toEqual([OTHER]);
  expect(view.epochError.value).toBeNull();
  // Label 2, of which all ten are right; of label 1 eight are.
  const { tree, loggedEpoch } = view;
  const husky = tree.value!.ids.indexOf("husky");
  expect(loggedEpoch.value!.sums.correct[husky]).toBe(10);
  expect(lists).toBe(2);
});
