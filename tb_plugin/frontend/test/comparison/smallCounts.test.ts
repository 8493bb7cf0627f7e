// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { comparisonInWords } from "../../src/comparison/comparisonSummary.ts";
import { followComparison } from "../../src/loading/comparison.ts";
import { start } from "../../src/loading/startup.ts";
import { useSource } from "../../src/server/source.ts";
import { chance } from "../../src/state/comparison/comparedEpoch.ts";
import { hidesChance } from "../../src/state/comparison/comparison.ts";
import { memorySource, petsRun, TREE } from "../memorySource.ts";
import { encode } from "../pets.ts";

const other = { ...petsRun, run: "other/validation", name: "other" };

/** One cell off the diagonal: five errors of both may be all of one. */
function matrix(errors: number): ArrayBuffer {
  const counts = [20 - errors, errors, 20, 20, 20];
  return encode(4, [2, 1, 1, 1], [0, 0, 1, 2, 3], counts, TREE);
}

test("where no count could differ beyond chance, the caption says so", async () => {
  useSource({
    ...memorySource([petsRun, other]),
    matrix: async (run: string) => matrix(run === other.run ? 3 : 2),
  });
  followComparison();
  await start({ run: petsRun.run, with: other.run });
  await expect.poll(() => chance.value).toBeTruthy();
  expect(chance.value!.tested).toBe(0);
  const said = comparisonInWords().map(([text]) => text);
  expect(said).toContain("no cell has counts large enough to test");
  expect(said.join()).not.toMatch(/of 0 cells|false discoveries/);
  // With what is within chance out of sight, that is all of them.
  hidesChance.value = true;
  const hidden = comparisonInWords().map(([text]) => text);
  expect(hidden).toContain(
    "no cell has counts large enough to test: all are hidden",
  );
});
