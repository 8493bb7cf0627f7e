import { expect, test, vi } from "vitest";
import { EVERYTHING } from "../../src/confusion/filters.ts";
import { reasons } from "../../src/matrix/zoomed/filterReasons.ts";
import {
  clearFilters,
  colourTransfer,
  filtersOn,
  isFiltered,
  least,
  only,
} from "../../src/state/filters.ts";
import { restoreLink } from "../../src/state/link.ts";
import { pets, petsEpoch } from "../pets.ts";

const sums = () => petsEpoch.sums;

test("a name becomes classes, an absence those that are missing", async () => {
  only.value = "dog";
  // Until the search has come, all are wanted.
  expect(filtersOn(pets, sums).only).toBeNull();
  await vi.waitFor(() =>
    expect(filtersOn(pets, sums).only).toEqual(Uint8Array.of(1, 1, 0, 0)),
  );
  only.value = "never predicted";
  expect(filtersOn(pets, sums).only).toEqual(new Uint8Array(4));
  const without = {
    ...petsEpoch.sums,
    predictedCount: petsEpoch.sums.predictedCount.map((sum, node) =>
      node === pets.leaves[1] ? 0 : sum,
    ),
  };
  expect(filtersOn(pets, () => without).only).toEqual(
    Uint8Array.of(0, 1, 0, 0),
  );
  only.value = "";
  expect(filtersOn(pets, sums).only).toBeNull();
});

test("what is left out is said in words", () => {
  const none = { least: 1, range: EVERYTHING, relation: null };
  expect(reasons(none, "", "count")).toEqual([]);
  const all = {
    least: 2,
    range: { from: 0.02, below: 0.5 },
    relation: { kind: "within", groups: 1200 } as const,
  };
  expect(reasons(all, "crane", "share")).toEqual([
    "counts under 2",
    "under 2 or from 50 % of row",
    "between 1,200 groups",
    "all but crane",
  ]);
  const above = { ...none, range: { from: 0, below: 9 } };
  expect(reasons(above, "", "count")).toEqual(["9 and more"]);
  const under = { ...none, range: { ...EVERYTHING, from: 3 } };
  expect(reasons(under, "", "excess")).toEqual(["under 3 × expected"]);
});

test("all filters are cleared at once; the curve colours, and stays", () => {
  restoreLink({ scale: "linear", least: "3", from: "0.02", only: "dog" });
  expect(isFiltered.value).toBe(true);
  clearFilters();
  expect([isFiltered.value, least.value, only.value]).toEqual([false, 1, ""]);
  expect(colourTransfer.value).toBe("linear");
  restoreLink({});
});
