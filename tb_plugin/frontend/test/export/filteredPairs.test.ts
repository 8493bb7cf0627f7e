// @vitest-environment happy-dom
import { batch } from "@preact/signals";
import { expect, test } from "vitest";
import { pairRows } from "../../src/export/csv.ts";
import { pairs } from "../../src/panel/listedPairs.ts";
import { recounted } from "../../src/samples/data/sampleFacts.ts";
import { counted, recount } from "../../src/state/filters.ts";
import * as view from "../../src/state/view.ts";
import { pets, petsEpoch } from "../pets.ts";

test("of filtered pairs the reverse is filtered, too", () => {
  batch(() => {
    view.tree.value = pets;
    view.loggedEpoch.value = petsEpoch;
  });
  // Two of the first class as the second, of which one is as the third.
  const facts = {
    trueLeaf: Uint16Array.of(0, 0, 1),
    predictedLeaf: Uint16Array.of(1, 1, 2),
  };
  const cells = recounted(facts as never, Uint8Array.of(1, 1, 1), 4);
  recount.value = { cells, other: null, words: "", note: null, clear() {} };
  const [head, ...rows] = pairRows(pets, counted(petsEpoch), pairs.value!);
  const [errors, reverse] = ["errors", "reverse"].map((name) =>
    head!.indexOf(name),
  ) as [number, number];
  expect(rows.map((row) => [row[errors], row[reverse]])).toEqual([
    [2, 0],
    [1, 0],
  ]);
});
