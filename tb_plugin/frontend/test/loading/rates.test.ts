// @vitest-environment happy-dom
import { beforeAll, beforeEach, expect, test } from "vitest";
import { followRates } from "../../src/loading/rates.ts";
import { reload } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import { SourceGone, useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { loadedRates, partRates } from "../../src/state/partRates.ts";
import { memorySource, seriesAt } from "../memorySource.ts";

const asked: string[] = [];
const memory = memorySource();
/** When each epoch was logged, which its rates say. */
let times = [1, 2];
let isAway = false;
const nodeOf = (name: string): number => view.tree.value!.names.indexOf(name);

beforeAll(async () => {
  useSource({
    ...memory,
    series: seriesAt(() => times),
    matrix: (run, output) => memory.matrix(run, output, 1),
    rates: async (run, output, rows, columns) => {
      asked.push([run, output, ...rows, "as", ...columns].join(" "));
      if (isAway) throw new SourceGone("away");
      const rate = { samples: 100, chance: 0.25 };
      return times.map((errors, at) => ({
        step: at + 1,
        named: { errors, ...rate },
        reverse: { errors, ...rate },
      }));
    },
  });
  await start({});
  followRates();
});

test("the page has its tree", async () => {
  await expect.poll(() => view.tree.value !== null).toBe(true);
});

beforeEach(() => {
  asked.length = 0;
  view.select(0);
});

test("a pair of groups has rates, a group and a band have none", async () => {
  const [dog, tabby] = ["dog", "tabby"].map(nodeOf) as [number, number];
  view.select(dog);
  view.select(dog, 0);
  await new Promise((done) => setTimeout(done, 200));
  expect(asked).toEqual([]);
  expect(partRates.value).toBeNull();
  view.select(dog, tabby);
  await expect.poll(() => partRates.value?.length).toBe(2);
  const { logged } = view.tree.value!;
  // The largest group that holds the same classes.
  const cat = nodeOf("cat");
  expect(asked).toEqual([
    `pets/validation class ${logged[dog]} as ${logged[cat]}`,
  ]);
  view.select(dog);
  expect(partRates.value).toBeNull();
});

test("what is passed over is not asked for", async () => {
  const [dog, cat, bus] = ["dog", "tabby", "bus"].map(nodeOf) as number[];
  view.select(dog!, cat);
  view.select(cat!, dog);
  view.select(bus!, dog);
  await expect.poll(() => partRates.value !== null).toBe(true);
  expect(asked).toHaveLength(1);
});

test("rates of an epoch that is logged meanwhile wait till it is known", async () => {
  view.select(nodeOf("dog"), nodeOf("bus"));
  await expect.poll(() => partRates.value !== null).toBe(true);
  const drawn = partRates.value!.map(({ step }) => step);
  const loaded = loadedRates.value!;
  const last = loaded.points.at(-1)!;
  const next = { ...last, step: last.step + 1 };
  loadedRates.value = { ...loaded, points: [...loaded.points, next] };
  expect(partRates.value!.map(({ step }) => step)).toEqual(drawn);
  const known = view.epochs.value;
  view.epochs.value = [...known, { ...known.at(-1)!, step: next.step }];
  expect(partRates.value!.at(-1)).toBe(next);
  view.epochs.value = known;
});

test("rates of a run that is logged again come anew, and once", async () => {
  view.select(nodeOf("dog"), nodeOf("bus"));
  const drawn = (): unknown =>
    partRates.value?.map(({ named }) => named!.errors);
  await expect.poll(drawn).toEqual([1, 2]);
  for (const again of [
    [1, 22],
    [41, 42],
  ]) {
    times = again;
    await reload();
    await expect.poll(drawn).toEqual(again);
  }
  await reload();
  await new Promise((done) => setTimeout(done, 300));
  expect(asked).toHaveLength(3);
  // A server that is away is asked when it is back.
  isAway = true;
  view.select(nodeOf("bus"), nodeOf("dog"));
  await expect.poll(() => asked.length).toBe(4);
  isAway = false;
  await reload();
  await expect.poll(drawn).toEqual([41, 42]);
});

test("rates of another run are not taken for those of this one", async () => {
  view.select(nodeOf("dog"), nodeOf("bus"));
  await expect.poll(() => partRates.value !== null).toBe(true);
  view.run.value = "other/validation";
  expect(partRates.value).toBeNull();
});
