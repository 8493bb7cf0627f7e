import { expect, test } from "vitest";
import { fileName } from "../../src/export/saveFile.ts";
import { wrap } from "../../src/export/viewAsPicture.ts";
import { comparedRun } from "../../src/state/comparison/comparison.ts";
import {
  partSort,
  sort,
  sortBy,
  sortKeys,
  sortPartsBy,
} from "../../src/state/confusionListSort.ts";
import { linkWithoutTree, restoreLink } from "../../src/state/link.ts";
import { rowsInSight } from "../../src/ui/VirtualList.tsx";

/** What a link says of the lists. */
function said() {
  const { sort: by, parts, list } = linkWithoutTree();
  return { sort: by, parts, list };
}

test("only rows in sight exist, and four beyond", () => {
  // 340 pixels show rows 10 to 19 of 34 pixels each.
  expect(rowsInSight(340, 340, 34, 5000)).toEqual([6, 24]);
  expect(rowsInSight(0, 340, 34, 5000)).toEqual([0, 14]);
  expect(rowsInSight(0, 340, 34, 3)).toEqual([0, 3]);
  // The list has become shorter than it was scrolled.
  expect(rowsInSight(3400, 340, 34, 3)).toEqual([3, 3]);
});

test("a head sorts, and turns the order round the second time", () => {
  sortBy("distance");
  expect(sort.value).toEqual({ key: "distance", flipped: false });
  sortBy("distance");
  expect(sort.value.flipped).toBe(true);
  sortPartsBy("recall");
  expect(said()).toEqual({ sort: "-distance", parts: "recall" });
  const linked = linkWithoutTree();
  restoreLink({});
  sortBy("count");
  expect(partSort.value).toBeNull();
  restoreLink({ ...linked, list: "long" });
  expect(said()).toEqual({ sort: "-distance", parts: "recall", list: "long" });
});

test("a link cannot sort by what there is not", () => {
  restoreLink({ sort: "constructor", parts: "-<b>", list: "x" });
  expect(said()).toEqual({});
});

test("a comparison is sorted by change unless told otherwise", () => {
  restoreLink({});
  expect(sort.value.key).toBe("count");
  expect(sortKeys.value).not.toContain("change");
  comparedRun.value = "heads/validation";
  expect(sort.value.key).toBe("change");
  expect(said()).toEqual({});
  sortBy("count");
  expect(said()).toEqual({ sort: "count" });
  restoreLink({ sort: "-change", with: "heads/validation" });
  expect(sort.value).toEqual({ key: "change", flipped: true });
  // Nothing changes without a comparison.
  comparedRun.value = "";
  expect(sort.value.key).toBe("count");
  restoreLink({});
});

test("files are named after what is in them, safely", () => {
  expect(
    fileName(["plain/validation", "class", "epoch50", "toy dog"], "csv"),
  ).toBe("blocks-plain-validation-class-epoch50-toy-dog.csv");
  expect(fileName(["../../etc", "名前", '"><svg'], "png")).toBe(
    "blocks-etc-名前-svg.png",
  );
});

test("long names keep their ends, and letters of several code points", () => {
  const run = "alexnet-half-width-lr0.05-wd0.002-heads-seed";
  const [one, two] = [0, 1].map((seed) =>
    fileName([`${run}${seed}`, "train", "class"], "csv"),
  );
  expect(one).toBe(
    "blocks-alexnet-half-width-...d0.002-heads-seed0-train-class.csv",
  );
  expect(two).toContain("seed1");
  expect(fileName(["𝒜".repeat(41)], "csv")).toBe(
    `blocks-${"𝒜".repeat(19)}...${"𝒜".repeat(18)}.csv`,
  );
  expect(fileName(["नमस्ते हिन्दी"], "csv")).toBe("blocks-नमस्ते-हिन्दी.csv");
});

test("captions break between their parts", () => {
  const width = (text: string) => text.length;
  expect(wrap("one · two · three", 9, width)).toEqual(["one · two", "three"]);
  expect(wrap("a very long part · b", 5, width)).toEqual([
    "a very long part",
    "b",
  ]);
});
