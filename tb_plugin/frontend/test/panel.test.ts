import { expect, test } from "vitest";
import { against } from "../src/compare.ts";
import { fileName } from "../src/download.ts";
import {
  linkedList,
  partSort,
  restoreList,
  sort,
  sortBy,
  sortKeys,
  sortPartsBy,
} from "../src/listing.ts";
import { rowsInSight } from "../src/panel/virtual.tsx";
import { wrap } from "../src/picture.ts";

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
  expect(linkedList.value).toEqual({ sort: "-distance", parts: "recall" });
  const linked = linkedList.value;
  restoreList({});
  sortBy("count");
  expect(partSort.value).toBeNull();
  restoreList({ ...linked, list: "long" });
  expect(linkedList.value).toEqual({ ...linked, list: "long" });
});

test("a link cannot sort by what there is not", () => {
  restoreList({ sort: "constructor", parts: "-<b>", list: "x" });
  expect(linkedList.value).toEqual({});
});

test("a comparison is sorted by change unless told otherwise", () => {
  restoreList({});
  expect(sort.value.key).toBe("count");
  expect(sortKeys.value).not.toContain("change");
  against.value = "heads/validation";
  expect(sort.value.key).toBe("change");
  expect(linkedList.value).toEqual({});
  sortBy("count");
  expect(linkedList.value).toEqual({ sort: "count" });
  restoreList({ sort: "-change" });
  expect(sort.value).toEqual({ key: "change", flipped: true });
  // Nothing changes without a comparison.
  against.value = "";
  expect(sort.value.key).toBe("count");
  restoreList({});
});

test("files are named after what is in them, safely", () => {
  expect(
    fileName(["plain/validation", "class", "epoch50", "toy dog"], "csv"),
  ).toBe("blocks-plain-validation-class-epoch50-toy-dog.csv");
  expect(fileName(["../../etc", "名前", '"><svg'], "png")).toBe(
    "blocks-etc-名前-svg.png",
  );
});

test("captions break between their parts", () => {
  const width = (text: string) => text.length;
  expect(wrap("one · two · three", 9, width)).toEqual(["one · two", "three"]);
  expect(wrap("a very long part · b", 5, width)).toEqual([
    "a very long part",
    "b",
  ]);
});
