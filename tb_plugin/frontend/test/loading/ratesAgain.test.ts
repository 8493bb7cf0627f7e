// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { followRates } from "../../src/loading/rates.ts";
import { reload } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import { SourceGone, useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { partRates } from "../../src/state/partRates.ts";
import { memorySource, seriesAt } from "../memorySource.ts";

/** When each epoch was logged, which its rates say. */
let times = [1, 2];
let asked = 0;
let isAway = false;

test("rates of a run that is logged again come anew, and once", async () => {
  const memory = memorySource();
  useSource({
    ...memory,
    series: seriesAt(() => times),
    matrix: (run, output) => memory.matrix(run, output, 1),
    rates: async () => {
      asked++;
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
  await expect.poll(() => view.tree.value).not.toBeNull();
  const nodeOf = (name: string): number => view.tree.value!.names.indexOf(name);
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
  const before = asked;
  await reload();
  await new Promise((done) => setTimeout(done, 300));
  expect(asked).toBe(before);
  expect(asked).toBe(3);
  // A server that is away is asked when it is back.
  isAway = true;
  view.select(nodeOf("bus"), nodeOf("dog"));
  await expect.poll(() => asked).toBe(4);
  isAway = false;
  await reload();
  await expect.poll(drawn).toEqual([41, 42]);
});
