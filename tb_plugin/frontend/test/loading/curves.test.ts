// @vitest-environment happy-dom
import { beforeAll, beforeEach, expect, test } from "vitest";
import type { HierarchyJson } from "../../src/hierarchy/tree.ts";
import { chooseRun, reload } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import type { EpochInfo } from "../../src/server/answers.ts";
import { SourceGone, useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { curves } from "../../src/timeline/drawnCurves.ts";
import { reached } from "../../src/timeline/Thresholds.tsx";
import { memorySource, petsRun } from "../memorySource.ts";
import { petsJson } from "../pets.ts";

/** Its last epoch has another tree; the curves of the third are refused. */
const regrouped = {
  ...petsRun,
  run: "regrouped/validation",
  name: "regrouped",
};
const refused = { ...petsRun, run: "refused/validation", name: "refused" };

/** Its first epoch is long in coming, and of a tree that is not yet on screen. */
const slow = { ...petsRun, run: "slow/validation", name: "slow" };

const FIRST_TREE = "0123456789abcdef";
const OTHER_TREE = "ffffffffffffffff";
// Vehicles first: node 2 is a class there, and no group of dogs.
const otherJson: HierarchyJson = {
  ...petsJson,
  parents: [-1, 0, 1, 0, 3, 4, 4, 3, 7],
  ids: ["all", "car", "bus", "animal", "dog", "pug", "husky", "cat", "tabby"],
  names: ["all", "car", "bus", "animal", "dog", "pug", "husky", "cat", "tabby"],
  labels: [-1, -1, 0, -1, -1, 2, 1, -1, 3],
  levels: [
    { groups: 2, nodes: [1, 3] },
    { groups: 3, nodes: [1, 4, 7] },
    { groups: 4, nodes: [2, 5, 6, 8] },
  ],
};

/** The runs whose curves were asked for. */
const asked: string[] = [];
let isAway = false;
let isEmpty = false;
/** What curves, and refusals, wait for. */
const waits = { curves: Promise.resolve(), refusal: Promise.resolve() };
const isDrawn = (): boolean => curves.value.some(({ points }) => points.length);

beforeAll(async () => {
  const memory = memorySource([petsRun, regrouped, refused, slow]);
  useSource({
    ...memory,
    runs: async (sets) => (isEmpty ? [] : memory.runs(sets)),
    series: async (run, output) => {
      const { epochs, ...series } = await memory.series(run, output);
      const isOfOther = ({ step }: EpochInfo): boolean =>
        run === slow.run || (run === regrouped.run && step === 2);
      return {
        ...series,
        epochs: epochs.map((info) =>
          isOfOther(info) ? { ...info, hierarchy: OTHER_TREE } : info,
        ),
      };
    },
    matrix: (run, ...of) =>
      run === slow.run ? new Promise(() => {}) : memory.matrix(run, ...of),
    hierarchy: async (run, digest, grouping) =>
      digest === OTHER_TREE
        ? structuredClone(otherJson)
        : memory.hierarchy(run, digest, grouping),
    curves: async (run, output, nodes) => {
      asked.push(run);
      if (isAway) throw new SourceGone("away");
      await waits[run === refused.run ? "refusal" : "curves"];
      if (run === refused.run) throw new Error("cannot be read");
      const points = await memory.curves(run, output, nodes);
      const node = { recall: 1, precision: 1, actual: 10, predicted: 10 };
      return points.map((point) => ({
        ...point,
        ...(run === regrouped.run && point.step === 1
          ? { hierarchy: FIRST_TREE }
          : {}),
        samples: 40,
        nodes: nodes.map(() => node),
      }));
    },
  });
  await start({ run: petsRun.run });
});

beforeEach(async () => {
  await chooseRun(petsRun.run);
  view.goToStep(1);
  await expect.poll(isDrawn).toBe(true);
  expect(reached.value.map(({ name }) => name)).toContain("animal");
});

test("a run whose curves are refused is not drawn with those of the run before", async () => {
  await chooseRun(refused.run);
  await new Promise((done) => setTimeout(done, 50));
  expect(view.run.value).toBe(refused.run);
  expect(isDrawn()).toBe(false);
  expect(reached.value).toEqual([]);
});

test("a run that opens at an epoch of an older tree has its levels, and no groups of the last", async () => {
  await chooseRun(regrouped.run);
  await expect.poll(isDrawn).toBe(true);
  expect(view.step.value).toBe(1);
  expect(view.loadedCurves.value).toMatchObject({
    run: regrouped.run,
    nodes: [],
  });
  expect(reached.value).toEqual([]);
});

test("no curves stand on the tree of the run before", async () => {
  await chooseRun(slow.run);
  await new Promise((done) => setTimeout(done, 50));
  expect(view.tree.value?.names[1]).toBe("animal");
  expect(asked).not.toContain(slow.run);
  expect(isDrawn()).toBe(false);
});

test("the run before has its curves again when it is chosen again", async () => {
  await chooseRun(regrouped.run);
  await chooseRun(petsRun.run);
  await expect.poll(isDrawn).toBe(true);
});

test("groups of the last epoch's tree are not named by that of another", async () => {
  await chooseRun(regrouped.run);
  view.goToStep(2);
  await expect
    .poll(() => reached.value.map(({ name }) => name))
    .toEqual(["car", "animal"]);
  view.goToStep(1);
  await expect.poll(() => view.tree.value?.names[1]).toBe("animal");
  expect(isDrawn()).toBe(true);
  expect(reached.value).toEqual([]);
  // They are not asked for again on the way back.
  const { length } = asked;
  view.goToStep(2);
  await expect.poll(() => view.tree.value?.names[1]).toBe("car");
  expect(reached.value).toHaveLength(2);
  await new Promise((done) => setTimeout(done, 50));
  expect(asked).toHaveLength(length);
});

test("levels are those of the tree on screen, and classes of both", async () => {
  const drawn = (): [string, number[]][] =>
    curves.value
      .filter(({ kind }) => kind === "level")
      .map(({ name, points }) => [name, points.map(({ step }) => step)]);
  const of = (step: number): [string, number[]][] => [
    ["2 groups", [step]],
    ["3", [step]],
    ["4 classes", [1, 2]],
  ];
  await chooseRun(regrouped.run);
  view.goToStep(2);
  await expect.poll(drawn).toEqual(of(2));
  view.goToStep(1);
  await expect.poll(drawn).toEqual(of(1));
});

test("an epoch that is logged meanwhile is drawn once it is known", async () => {
  await chooseRun(petsRun.run, "class");
  const shown = view.loadedCurves.value!;
  const drawn = view.curves.value.map(({ step }) => step);
  const last = shown.points.at(-1)!;
  const next = { ...last, step: last.step + 1 };
  view.loadedCurves.value = { ...shown, points: [...shown.points, next] };
  expect(view.curves.value.map(({ step }) => step)).toEqual(drawn);
  expect(view.curveNodes.value).toHaveLength(shown.nodes.length);
  const known = view.epochs.value;
  view.epochs.value = [...known, { ...known.at(-1)!, step: next.step }];
  expect(view.curves.value.at(-1)).toBe(next);
  view.epochs.value = known;
});

test("curves that are refused late take nothing from those that were asked for since", async () => {
  const { promise: refusal, resolve: refuse } = Promise.withResolvers<void>();
  const { promise: coming, resolve: answer } = Promise.withResolvers<void>();
  Object.assign(waits, { curves: coming, refusal });
  for (const { run } of [refused, regrouped]) {
    asked.length = 0;
    await chooseRun(run);
    await expect.poll(() => asked).toContain(run);
  }
  refuse();
  await new Promise((done) => setTimeout(done));
  answer();
  await expect.poll(isDrawn).toBe(true);
});

test("curves that a server left open are asked for when it is back", async () => {
  const names = (): string[] => curves.value.map(({ name }) => name);
  isAway = true;
  view.select(view.tree.value!.names.indexOf("dog"));
  await expect.poll(() => view.problem.value?.gone).toBe(true);
  isAway = false;
  // It answers before it has read the log.
  isEmpty = true;
  const before = asked.length;
  await reload();
  await new Promise((done) => setTimeout(done, 50));
  expect(asked).toHaveLength(before);
  isEmpty = false;
  await reload();
  await expect.poll(names).toContain("dog recall");
  const { length } = asked;
  await reload();
  await new Promise((done) => setTimeout(done, 50));
  expect(asked).toHaveLength(length);
  view.select(0);
});
