// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { followComparison } from "../../src/loading/comparison.ts";
import { start } from "../../src/loading/startup.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { chance, changes } from "../../src/state/comparison/comparedEpoch.ts";
import { comparedPairs } from "../../src/state/comparison/comparedPairs.ts";
import { least } from "../../src/state/filters.ts";
import { memorySource, petsRun, TREE } from "../memorySource.ts";
import { encode } from "../pets.ts";

const other = { ...petsRun, run: "other/validation", name: "other" };

/** Each class is taken for the next one 20 times, or in one case 30. */
function matrix(first: number): ArrayBuffer {
  return encode(
    4,
    [2, 2, 2, 2],
    [0, 0, 1, 0, 2, 0, 0, 2],
    [...[100 - first, first], ...[80, 20], ...[80, 20], ...[20, 80]],
    TREE,
  );
}

test("cells that did not change, or little, are tested as well", async () => {
  useSource({
    ...memorySource([petsRun, other]),
    matrix: async (run: string) => matrix(run === other.run ? 30 : 20),
  });
  followComparison();
  await start({ run: petsRun.run, with: other.run });
  await expect.poll(() => chance.value).toBeTruthy();
  expect(changes.value!.change).toHaveLength(1);
  expect(chance.value!.tested).toBe(4);
  expect(chance.value!.isBeyond).toHaveLength(1);
  const pairs = comparedPairs(view.cut.value!)!;
  least.value = 20;
  expect(changes.value!.change).toHaveLength(0);
  expect(chance.value!.tested).toBe(4);
  expect(pairs.change!.isBeyond).toBeDefined();
  least.value = 1;
});
