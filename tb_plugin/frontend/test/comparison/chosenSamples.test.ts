// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { comparisonInWords } from "../../src/comparison/comparisonSummary.ts";
import { UNTESTED } from "../../src/confusion/pairs.ts";
import { followComparison } from "../../src/loading/comparison.ts";
import { start } from "../../src/loading/startup.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import {
  chance,
  isOfChosenSamples,
  otherEpoch,
} from "../../src/state/comparison/comparedEpoch.ts";
import { comparedPairs } from "../../src/state/comparison/comparedPairs.ts";
import { recount } from "../../src/state/filters.ts";
import { memorySource, petsRun } from "../memorySource.ts";

const other = { ...petsRun, run: "other/validation", name: "other" };

test("samples that were chosen by their answers are not tested", async () => {
  useSource(memorySource([petsRun, other]));
  followComparison();
  await start({ run: petsRun.run, with: other.run });
  await expect.poll(() => otherEpoch.value).toBeTruthy();
  await expect.poll(() => chance.value).toBeTruthy();
  expect(chance.value!.isBeyond).not.toContain(UNTESTED);

  const { cells } = view.epoch.value!;
  // What the shown run has wrong, and the other one right.
  const none = { ...cells, count: cells.count.map(() => 0) };
  recount.value = {
    cells,
    other: none,
    words: "all but fixed by other",
    note: null,
    clear: () => {},
  };
  expect(chance.value!.isBeyond.length).toBeGreaterThan(0);
  expect(chance.value!.isBeyond.every((flag) => flag === UNTESTED)).toBe(true);
  expect([chance.value!.tested, chance.value!.found]).toEqual([0, 0]);
  expect(isOfChosenSamples.value).toBe(true);
  const said = comparisonInWords().map(([text]) => text);
  expect(said).toContain(
    "striped: not tested, samples were chosen by their answers",
  );
  expect(said.join()).not.toMatch(/beyond chance|tested by/);
  const flags = comparedPairs(view.cut.value!)!.change!.isBeyond!;
  expect(flags.every((flag) => flag === UNTESTED)).toBe(true);

  recount.value = null;
  expect(chance.value!.isBeyond).not.toContain(UNTESTED);
});
