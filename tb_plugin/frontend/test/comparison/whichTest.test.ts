// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { comparisonInWords } from "../../src/comparison/comparisonSummary.ts";
import { followComparison } from "../../src/loading/comparison.ts";
import { start } from "../../src/loading/startup.ts";
import { useSource } from "../../src/server/source.ts";
import { chance } from "../../src/state/comparison/comparedEpoch.ts";
import { comparedPair, evidence } from "../../src/state/comparison/evidence.ts";
import { memorySource, petsRun, TREE } from "../memorySource.ts";
import { encode } from "../pets.ts";

const other = { ...petsRun, run: "other/validation", name: "other" };

function matrix(errors: number): ArrayBuffer {
  const counts = [90 - errors, errors, 90, 90, 90];
  return encode(4, [2, 1, 1, 1], [0, 0, 1, 2, 3], counts, TREE);
}

/** What the caption says of tests, once the server has told which it made. */
function told(test: "mcnemar" | "counts" | null): string | undefined {
  comparedPair.value = "pair";
  const answer = { test, why: null, nodes: {}, levels: [] };
  evidence.value = test && { of: "pair", answer: answer as never };
  const said = comparisonInWords().map(([text]) => text);
  return said.find((text) => text.includes("false discoveries"));
}

test("recalls may be tested by samples where cells are tested by counts", async () => {
  useSource({
    ...memorySource([petsRun, other]),
    matrix: async (run: string) => matrix(run === other.run ? 40 : 2),
  });
  followComparison();
  await start({ run: petsRun.run, with: other.run });
  await expect.poll(() => chance.value?.tested).toBe(1);
  expect(told("mcnemar")).toBe(
    "cells tested by counts, recalls by samples (McNemar), 5 % false discoveries",
  );
  expect(told("counts")).toBe("tested by counts, 5 % false discoveries");
  // Until the answer has come nothing is said of recalls.
  expect(told(null)).toBe("cells tested by counts, 5 % false discoveries");
});
