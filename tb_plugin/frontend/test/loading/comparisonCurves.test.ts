// @vitest-environment happy-dom
import { beforeAll, expect, test } from "vitest";
import type { HierarchyJson } from "../../src/hierarchy/tree.ts";
import {
  comparisonCurves,
  followOtherSplit,
} from "../../src/loading/otherSplit.ts";
import { reorder } from "../../src/loading/reorder.ts";
import { chooseRun } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { comparedRun } from "../../src/state/comparison/comparison.ts";
import { TREE } from "../../src/state/orderText.ts";
import type { Curve } from "../../src/timeline/curves.ts";
import { curves, others } from "../../src/timeline/drawnCurves.ts";
import { memorySource, petsRun } from "../memorySource.ts";
import { petsJson } from "../pets.ts";

const outputs = ["class", "conv1"];
const shown = { ...petsRun, outputs };
/** Trees of other groups, over the same classes, some of them, and others. */
const regrouped = { ...shown, run: "B/validation", name: "B" };
const alike = { ...shown, run: "C/validation", name: "C" };
const strange = { ...shown, run: "D/validation", name: "D" };
const otherJson: HierarchyJson = {
  parents: [-1, 0, 0, 2, 3, 2, 2],
  ids: ["all", "bus", "beast", "hound", "pug", "husky", "tabby"],
  names: ["all", "bus", "beast", "hound", "pug", "husky", "tabby"],
  labels: [-1, 0, -1, -1, 2, 1, 3],
  sizes: [1, 1, 1, 1],
  // As many levels as there are on screen.
  levels: [
    { groups: 2, nodes: [1, 2] },
    { groups: 3, nodes: [1, 3, 6] },
    { groups: 4, nodes: [1, 4, 5, 6] },
  ],
};
const alikeJson: HierarchyJson = {
  ...otherJson,
  ids: otherJson.ids.with(6, "lynx"),
};
const strangeJson: HierarchyJson = {
  ...otherJson,
  ids: otherJson.ids.map((id) => `${id} of another world`),
};
const DIGESTS: Record<string, string> = {
  [regrouped.run]: "ffffffffffffffff",
  [alike.run]: "dddddddddddddddd",
  [strange.run]: "eeeeeeeeeeeeeeee",
};
const train = { ...shown, run: "pets/train", split: "train" };
/** All siblings turned round. */
const turned = "all car bus animal cat tabby dog husky pug".split(" ");

beforeAll(async () => {
  const memory = memorySource([shown, train, regrouped, alike, strange]);
  useSource({
    ...memory,
    order: async () => turned,
    series: async (run, output) => {
      const { epochs, ...series } = await memory.series(run, output);
      const hierarchy = DIGESTS[run];
      if (!hierarchy) return { ...series, epochs };
      return { ...series, epochs: epochs.map((e) => ({ ...e, hierarchy })) };
    },
    hierarchy: async (run, ...of) => {
      if (run === regrouped.run) return structuredClone(otherJson);
      if (run === alike.run) return structuredClone(alikeJson);
      if (run === strange.run) return structuredClone(strangeJson);
      return memory.hierarchy(run, ...of);
    },
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

test("of another tree no level is drawn but that of classes it shares", async () => {
  const drawn = (run: string): [string, number][] | null =>
    comparisonCurves.value?.run === run
      ? others.value
          .filter(({ points }) => points.length)
          .map(({ name, points }) => [name, points.at(-1)!.share])
      : null;
  view.select(0);
  comparedRun.value = regrouped.run;
  await expect
    .poll(() => drawn(regrouped.run), { timeout: 5000 })
    .toEqual([["4 classes", 0.92]]);
  // The strip says that it is over all classes of each run.
  comparedRun.value = alike.run;
  await expect
    .poll(() => drawn(alike.run), { timeout: 5000 })
    .toEqual([["4 classes", 0.92]]);
  comparedRun.value = strange.run;
  await expect.poll(() => drawn(strange.run), { timeout: 5000 }).toEqual([]);
  comparedRun.value = "";
});
