// @vitest-environment happy-dom
import { beforeAll, expect, test } from "vitest";
import {
  comparedRates,
  followComparedRates,
} from "../../src/loading/comparedRates.ts";
import { followComparison } from "../../src/loading/comparison.ts";
import { followOtherSplit } from "../../src/loading/otherSplit.ts";
import { followRates } from "../../src/loading/rates.ts";
import { reload } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import { SourceGone, useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { comparedRun } from "../../src/state/comparison/comparison.ts";
import { partRates } from "../../src/state/partRates.ts";
import { others } from "../../src/timeline/drawnCurves.ts";
import { memorySource, petsRun, seriesAt } from "../memorySource.ts";
import { pets } from "../pets.ts";
import { until } from "../until.ts";

const train = { ...petsRun, run: "pets/train", split: "train" };
const rival = { ...petsRun, run: "rival/validation", name: "rival" };
/** When each epoch of a run was logged. */
const times: Record<string, number[]> = {};
const asked: string[] = [];
let isAway = false;

/** Hundredths that say when an epoch was logged. */
const shareOf = (time: number): number => time / 100;

beforeAll(async () => {
  const memory = memorySource([petsRun, train, rival]);
  const series = seriesAt((run) => times[run]!);
  useSource({
    ...memory,
    series: (run, output) => {
      asked.push(listOf(run));
      return series(run, output);
    },
    matrix: (run, output) => memory.matrix(run, output, 1),
    curves: async (run) => {
      asked.push(`curves of ${run}`);
      if (isAway) throw new SourceGone();
      return times[run]!.map((time, at) => ({
        step: at + 1,
        accuracy: [1, 1, shareOf(time)],
      }));
    },
    rates: async (run) => {
      asked.push(`rates of ${run}`);
      const rate = { samples: 100, chance: 0.25 };
      return times[run]!.map((errors, at) => ({
        step: at + 1,
        named: { errors, ...rate },
        reverse: { errors, ...rate },
      }));
    },
  });
  for (const { run } of [petsRun, train, rival]) times[run] = [1, 2];
  followComparison();
  followOtherSplit();
  followRates();
  followComparedRates();
  await start({ run: petsRun.run });
  await until(() => view.tree.value);
  view.select(pets.ids.indexOf("dog"), pets.ids.indexOf("tabby"));
});

/** When what is drawn of the other run was logged, as its curves say. */
const curvesAt = (): number[] =>
  others.value
    .find(({ name }) => name === "4 classes")
    ?.points.map(({ share }) => Math.round(100 * share)) ?? [];
const ratesAt = (): number[] =>
  comparedRates.value.map(({ named }) => named!.errors);

async function drawn(of: string): Promise<void> {
  await until(() => partRates.value);
  for (const at of [curvesAt, ratesAt])
    await expect.poll(at, { timeout: 5000 }).toEqual(times[of]);
}

/** Longer than anything waits before it asks. */
const settle = (): Promise<unknown> =>
  new Promise((done) => setTimeout(done, 700));

const listOf = (run: string): string => `list of ${run}`;

test.each([
  ["a run that is compared", rival.run],
  ["the other split", train.run],
])("%s is drawn anew as it grows, or is logged again", async (_, other) => {
  comparedRun.value = other === rival.run ? other : "";
  await drawn(other);
  await settle();
  asked.length = 0;
  // Nothing has come: no more than the lists say so.
  await reload();
  await settle();
  expect(asked.sort()).toEqual([petsRun.run, other].map(listOf).sort());
  asked.length = 0;
  for (const logged of [
    [1, 2, 3],
    [1, 2, 33],
    [41, 42],
  ]) {
    times[other] = logged;
    await reload();
    await drawn(other);
  }
  await settle();
  const each = [`curves of ${other}`, `rates of ${other}`];
  expect(asked.filter((text) => !text.startsWith("list")).sort()).toEqual(
    each.flatMap((text) => [text, text, text]),
  );
});

test("curves that were asked for in vain come when the server is back", async () => {
  times[train.run] = [1, 22];
  isAway = true;
  const before = curvesAt();
  await reload();
  await settle();
  expect(curvesAt()).toEqual(before);
  isAway = false;
  await reload();
  await drawn(train.run);
});
