// @vitest-environment happy-dom
import { beforeAll, expect, test } from "vitest";
import {
  comparisonCurves,
  followOtherSplit,
} from "../../src/loading/otherSplit.ts";
import { reorder } from "../../src/loading/reorder.ts";
import { chooseRun } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import { useSource } from "../../src/server/source.ts";
import { TREE } from "../../src/state/orderText.ts";
import * as view from "../../src/state/view.ts";
import type { Curve } from "../../src/timeline/curves.ts";
import { curves, others } from "../../src/timeline/drawnCurves.ts";
import { memorySource, petsRun } from "../memorySource.ts";
import { petsJson } from "../pets.ts";

const outputs = ["class", "conv1"];
const shown = { ...petsRun, outputs };
const train = { ...shown, run: "pets/train", split: "train" };
/** All siblings turned round. */
const turned = "all car bus animal cat tabby dog husky pug".split(" ");

beforeAll(async () => {
  const memory = memorySource([shown, train]);
  useSource({
    ...memory,
    order: async () => turned,
    // A group's recall says which one it is in the log.
    curves: async (run, output, nodes) => {
      if (run === train.run && output === "conv1") throw new Error("damaged");
      const points = await memory.curves(run, output, nodes);
      const ofNodes = nodes.map((node) => ({
        recall: node / 100,
        precision: node / 100,
        actual: 10,
        predicted: 10,
      }));
      return points.map((point) => ({ ...point, nodes: ofNodes }));
    },
  });
  await start({ run: petsRun.run });
  followOtherSplit();
});

const recallOf = (lines: readonly Curve[]): number | undefined =>
  lines.find(({ kind }) => kind === "recall")?.points.at(-1)?.share;

test("the other split's curve is of the selected group, however siblings stand", async () => {
  const { run } = petsRun;
  await reorder({ by: "confusion", run, output: "class", step: 2 });
  await expect.poll(() => view.tree.value?.names[1]).toBe("car");
  for (const name of ["cat", "dog"]) {
    view.select(view.tree.value!.names.indexOf(name));
    const logged = petsJson.names.indexOf(name) / 100;
    await expect.poll(() => recallOf(curves.value)).toBe(logged);
    await expect
      .poll(() => recallOf(others.value), { timeout: 2000 })
      .toBe(logged);
  }
});

test("it stays the group's when siblings change places", async () => {
  const before = comparisonCurves.value;
  const dog = petsJson.names.indexOf("dog");
  await reorder(TREE);
  await expect.poll(() => view.tree.value?.names[1]).toBe("animal");
  expect(view.selection.value.rows).toBe(dog);
  expect(comparisonCurves.value).toBe(before);
  expect(recallOf(others.value)).toBe(dog / 100);
});

test("the curves of one output do not stand beside those of another", async () => {
  await expect.poll(() => others.value.length).toBeGreaterThan(0);
  await chooseRun(petsRun.run, "conv1");
  expect(others.value).toEqual([]);
  await expect.poll(() => curves.value[0]?.points.length).toBe(2);
  // Until it is refused, and after.
  await new Promise((done) => setTimeout(done, 700));
  expect(others.value).toEqual([]);
  await chooseRun(petsRun.run, "class");
  await expect.poll(() => others.value.length).toBeGreaterThan(0);
});
