// @vitest-environment happy-dom
/** What is said of a matrix, an epoch that passes, a class, a comparison. */

import { beforeAll, beforeEach, expect, test } from "vitest";
import { followComparison } from "../../src/loading/comparison.ts";
import { start } from "../../src/loading/startup.ts";
import { type Clause, clausesOf } from "../../src/sentence/clauses.ts";
import type { Significance } from "../../src/server/significance.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import {
  comparisonNames,
  otherEpoch,
} from "../../src/state/comparison/comparedEpoch.ts";
import { comparedRun } from "../../src/state/comparison/comparison.ts";
import {
  comparedPair,
  current,
  evidence,
} from "../../src/state/comparison/evidence.ts";
import { memorySource, petsRun } from "../memorySource.ts";
import { until } from "../until.ts";

const other = { ...petsRun, run: "good/validation", name: "good" };

beforeAll(async () => {
  const memory = memorySource([petsRun, other]);
  useSource({
    ...memory,
    // 38 of 40 are right, and of the other run 39.
    matrix: (run, output) =>
      memory.matrix(run, output, run === other.run ? 2 : 1),
  });
  followComparison();
  await start({ run: petsRun.run });
  await until(() => view.epoch.value);
});

beforeEach(() => {
  view.playing.value = false;
  view.select(0);
});

const told = (): string[] =>
  clausesOf(view.tree.value!, view.epoch.value!).map((clause: Clause) =>
    clause
      .map((each) => (typeof each === "string" ? each : each.text))
      .join(""),
  );

const node = (id: string): number => view.tree.value!.ids.indexOf(id);

test("two errors show no group and no pair, the answers are no guesses", () => {
  expect(told()).toEqual(["95 % right at 4 classes (chance 25 %)"]);
});

test("while epochs pass it says which", () => {
  view.playing.value = true;
  const { value: step } = view.drawnStep;
  expect(told()).toEqual([
    `epoch ${step}: 95 % right at 4 classes (chance 25 %)`,
  ]);
});

test("of a class it counts, of a group it says what stays", () => {
  view.select(node("husky"));
  expect(told()).toEqual(["husky: right in 8 of 10 (chance 20 %)"]);
  view.select(node("dog"));
  expect(told()).toEqual([
    // The two errors are huskies named tabby; 18 of 40 are named a dog.
    "dog: 90 % stay inside (chance 45 %), 90 % get the right class",
  ]);
});

/** An answer about the three levels of the pets. */
function answerOf(...q: (number | null)[]): Significance {
  return {
    test: "mcnemar",
    why: null,
    nodes: { p: [] },
    levels: q.map((each, at) => ({
      groups: view.tree.value!.levels[at]!.groups,
      family: "",
      tested: 1,
      rate: 0.05,
      found: 0,
      q: [],
      accuracy: { p: each, q: each, tested: 3 },
    })),
  };
}

test("a comparison says what was shown, and what was not", async () => {
  comparedRun.value = other.run;
  await expect.poll(() => otherEpoch.value).not.toBeNull();
  await expect.poll(() => comparisonNames.value.to).toBe("good");
  expect(told()).toEqual([]);
  const answer = (...q: (number | null)[]): string[] => {
    evidence.value = { of: comparedPair.value, answer: answerOf(...q) };
    expect(current.value).not.toBeNull();
    return told();
  };
  expect(answer(1, 1, 0.01)).toEqual([
    "good is better than pets by 2.5 points at 4 classes",
  ]);
  expect(answer(1, 1, 0.3)).toEqual([
    "no difference shown between pets and good: +2.5 points at 4 classes, " +
      "within chance",
  ]);
  // What nothing has tested is neither.
  expect(answer(null, null, null)).toEqual([]);
});
