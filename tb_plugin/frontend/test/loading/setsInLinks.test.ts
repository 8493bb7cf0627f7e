// @vitest-environment happy-dom
import { beforeAll, expect, test } from "vitest";
import { followComparison } from "../../src/loading/comparison.ts";
import { followLink } from "../../src/loading/followLink.ts";
import { start } from "../../src/loading/startup.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import {
  comparedRun,
  comparedSeries,
} from "../../src/state/comparison/comparison.ts";
import { instead, missingRun } from "../../src/state/missingRun.ts";
import { memorySource, petsRun } from "../memorySource.ts";

const members = ["a", "b"];
const set = {
  ...petsRun,
  run: '["a","b"]/validation',
  name: "a + b",
  members,
};
const turned = '["b","a"]/validation';

beforeAll(async () => {
  const memory = memorySource();
  useSource({
    ...memory,
    // As the server: a set that is asked for, with its runs in order.
    runs: async (sets) => {
      const asked = sets.filter((each) => each === turned);
      if (asked.length) return [petsRun, { ...set, asked }];
      return sets.includes(set.run) ? [petsRun, set] : [petsRun];
    },
  });
  followComparison();
  await start({ run: turned });
});

test("a link names the runs of a set in any order", async () => {
  expect(view.run.value).toBe(set.run);
  expect(missingRun.value).toBe("");
  await followLink({ run: petsRun.run });
  expect(view.run.value).toBe(petsRun.run);
  await followLink({ run: turned });
  expect([view.run.value, instead.value]).toEqual([set.run, null]);
});

test("so does one of what is compared", async () => {
  await followLink({ run: petsRun.run, with: turned });
  await expect.poll(() => comparedSeries.value?.run).toBe(set.run);
  expect(comparedRun.value).toBe(set.run);
});

test("what is no set is one that is not there", async () => {
  for (const asked of ['["a","b"]/train', '["a"', '["a",1]', '["b","c"]']) {
    await followLink({ run: asked });
    expect(instead.value?.asked).toBe(asked);
  }
});
