// @vitest-environment happy-dom
import { beforeAll, expect, test } from "vitest";
import { chooseRun, listSet, reload } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import { SourceGone, useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { memorySource, petsRun } from "../memorySource.ts";

const settled = (): Promise<void> =>
  expect
    .poll(() => [view.epoch.value?.errors, view.drawnStep.value])
    .toEqual([1, 2]) as unknown as Promise<void>;

beforeAll(async () => {
  useSource(memorySource());
  await start({});
});

test("the page loads from any source: the last epoch, its tree, its curves", async () => {
  await settled();
  expect(view.run.value).toBe(petsRun.run);
  expect(view.tree.value?.names).toContain("husky");
  expect(view.epoch.value?.total).toBe(40);
  await expect.poll(() => view.curves.value.length).toBe(2);
});

test("another epoch is asked for when it is chosen", async () => {
  view.goToStep(1);
  await expect.poll(() => view.epoch.value?.errors).toBe(2);
  view.goToStep(2);
  await settled();
});

test("what is shown stays while the source is away, and it says so", async () => {
  const gone = new SourceGone("nobody answers");
  useSource({ ...memorySource(), runs: () => Promise.reject(gone) });
  await reload();
  expect(view.problem.value).not.toBeNull();
  expect(view.epoch.value?.errors).toBe(1);
  useSource(memorySource());
  await reload();
  expect(view.problem.value).toBeNull();
});

test("an answer that comes after another run was chosen is dropped", async () => {
  const other = { ...petsRun, run: "other/validation", name: "other" };
  const slow = memorySource([petsRun, other]);
  let release: (() => void) | undefined;
  useSource({
    ...slow,
    series: async (run, output) => {
      if (run === petsRun.run) {
        await new Promise<void>((done) => {
          release = done;
        });
      }
      return slow.series(run, output);
    },
  });
  view.runs.value = [petsRun, other];
  const first = chooseRun(petsRun.run);
  const second = chooseRun(other.run);
  await second;
  release?.();
  await first;
  expect(view.run.value).toBe(other.run);
});

test("a set of runs is asked for by name, and stays asked for", async () => {
  const key = '["pets","more"]/validation';
  const asked: (readonly string[])[] = [];
  const set = { ...petsRun, run: key, members: ["more", "pets"] };
  useSource({
    ...memorySource(),
    runs: async (sets) => {
      asked.push(sets);
      return sets.includes(key) ? [petsRun, set] : [petsRun];
    },
  });
  await listSet(petsRun.run);
  await listSet("nowhere");
  expect(asked).toEqual([]);
  await listSet(key);
  expect(view.runs.value?.map(({ run }) => run)).toEqual([petsRun.run, key]);
  await chooseRun(key);
  expect(view.run.value).toBe(key);
  await chooseRun(petsRun.run);
  await reload();
  expect(asked).toEqual([[key], [key]]);
  expect(view.runs.value).toHaveLength(2);
});
