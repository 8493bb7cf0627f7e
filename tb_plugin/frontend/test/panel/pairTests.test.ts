// @vitest-environment happy-dom
import { beforeAll, beforeEach, expect, test } from "vitest";
import { start } from "../../src/loading/startup.ts";
import {
  listedTests,
  pairs,
  wantedTests,
} from "../../src/panel/listedPairs.ts";
import { loadedTests } from "../../src/panel/surprise/loadedTests.ts";
import {
  followTests,
  testInWords,
} from "../../src/panel/surprise/TestNote.tsx";
import { useSource } from "../../src/server/source.ts";
import type { Surprise } from "../../src/server/surprise.ts";
import * as view from "../../src/state/all.ts";
import { comparedRun } from "../../src/state/comparison/comparison.ts";
import {
  chosenSort,
  sort,
  sortKeys,
  whyFewSorts,
} from "../../src/state/confusionListSort.ts";
import { memorySource, petsRun } from "../memorySource.ts";

const none = {
  family: "pairs",
  tested: 12,
  total: 0,
  rate: 0.05,
  found: 0,
  rows: [],
  columns: [],
  counts: [],
  p: [],
  q: [],
};
const answer: Surprise = {
  surprise: { ...none, expected: [] },
  one_way: { ...none, expected: [], back: [] },
};
const asked: string[] = [];
let failure: Error | null = null;

beforeAll(async () => {
  useSource({
    ...memorySource([petsRun, { ...petsRun, run: "b/validation", name: "b" }]),
    surprise: async (run, output, step, level) => {
      asked.push([run, output, step, level].join(" "));
      if (failure) throw failure;
      return answer;
    },
  });
  await start({});
  followTests();
});

beforeEach(() => {
  chosenSort.value = null;
  view.select(0);
  view.level.value = 0;
});

test("the page has its tree", async () => {
  await expect.poll(() => view.tree.value !== null).toBe(true);
});

test("they are asked for once they are wanted, and once", async () => {
  expect(wantedTests.value).toBeNull();
  await new Promise((done) => setTimeout(done, 400));
  expect(asked).toEqual([]);
  chosenSort.value = { key: "surprise", flipped: false };
  await expect.poll(() => listedTests.value !== null).toBe(true);
  expect(asked).toEqual(["pets/validation class 2 2"]);
  expect(pairs.value?.tests?.answer).toBe(answer.surprise);
  chosenSort.value = { key: "oneway", flipped: false };
  expect(listedTests.value?.answer).toBe(answer.one_way);
  view.level.value = 2;
  expect(listedTests.value).toBeNull();
  await expect.poll(() => asked.length).toBe(2);
  expect(asked[1]).toBe("pets/validation class 2 0");
  view.level.value = 0;
  await expect.poll(() => listedTests.value !== null).toBe(true);
  expect(asked).toHaveLength(2);
});

test("of a part that the level is too coarse for, classes are tested", () => {
  chosenSort.value = { key: "surprise", flipped: false };
  view.level.value = 2;
  expect(wantedTests.value?.level).toBe(0);
  view.select(view.tree.value!.names.indexOf("pug"));
  expect(wantedTests.value?.level).toBe(2);
});

test("a failure is said, and asked for again later", async () => {
  failure = new Error("The matrix has too many cells.");
  chosenSort.value = { key: "surprise", flipped: false };
  view.level.value = 3;
  await expect.poll(() => loadedTests.value?.error).toBe(failure.message);
  expect(listedTests.value).toBeNull();
  expect(pairs.value?.list.length).toBeGreaterThan(0);
  failure = null;
  view.level.value = 0;
  view.level.value = 3;
  await expect.poll(() => listedTests.value !== null).toBe(true);
});

test("in a comparison they are not offered, and it is said why", () => {
  chosenSort.value = { key: "surprise", flipped: false };
  expect(sortKeys.value).toContain("oneway");
  expect(whyFewSorts.value).toBeUndefined();
  comparedRun.value = "b/validation";
  expect(sortKeys.value).not.toContain("surprise");
  expect(sort.value.key).toBe("change");
  expect(wantedTests.value).toBeNull();
  expect(whyFewSorts.value).toContain("one matrix");
  comparedRun.value = "";
  expect(sort.value.key).toBe("surprise");
});

test("a test is said with what was to be expected", () => {
  const of = (known: object): string | null =>
    testInWords({
      isChance: false,
      isTested: true,
      known: {
        count: 31,
        expected: 0,
        back: undefined,
        p: 1,
        q: 1,
        ...known,
      },
    });
  expect(of({ expected: 2.6, p: 1e-30 })).toBe(
    "12 times the 2.6 expected, p < 0.001",
  );
  expect(of({ expected: 28.4, p: 0.337 })).toBe(
    "1.1 times the 28 expected, p = 0.34",
  );
  expect(of({ expected: 0.0136, p: 0 })).toBe(
    "2,279 times the 0.014 expected, p < 0.001",
  );
  expect(of({ expected: 184, p: 1 })).toBe("no more than expected, p = 1");
  expect(of({ back: 2, expected: 16.5, p: 0.004 })).toBe(
    "31 against 2 the other way, p = 0.004",
  );
  // Of 99 samples as many go there as come back of 800.
  expect(of({ count: 20, back: 20, expected: 4.4, p: 1e-9 })).toBe(
    "20 against 20 the other way, 4.4 against 36 expected, p < 0.001",
  );
  const unlisted = { isChance: true, isTested: true, known: null };
  expect(testInWords(unlisted)).toBeNull();
  expect(testInWords({ ...unlisted, isChance: false, isTested: false })).toBe(
    "not tested: no pair of the level",
  );
});
