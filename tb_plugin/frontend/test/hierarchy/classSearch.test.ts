import { expect, test } from "vitest";
import { readEpoch } from "../../src/confusion/cells.ts";
import {
  absenceInWords,
  absenceOf,
  findMissingClasses,
  MISSING_KINDS,
  NONE,
} from "../../src/confusion/missingClasses.ts";
import {
  fitOf,
  positionsNamed,
  search,
} from "../../src/hierarchy/classSearch.ts";
import { buildTree } from "../../src/hierarchy/tree.ts";
import { encode, pets, petsEpoch, petsJson } from "../pets.ts";

const names = (query: string): string[] =>
  search(pets, query).map(({ node }) => pets.names[node]!);

test("the better a name fits, the sooner it comes", () => {
  const fits = ["crane", "crane fly", "black crane", "acranea", "fly by crane"];
  expect(fits.map((name) => fitOf(name, "crane"))).toEqual([0, 1, 2, 3, 2]);
  expect(fitOf("english setter dog", "dog english")).toBe(4);
  expect(fitOf("german shepherd", "gershep")).toBe(5);
  expect(fitOf("dalmatian", "dalmation")).toBe(6);
  expect(fitOf("dalmatian", "zebra")).toBeNull();
});

test("short queries are taken at their word", () => {
  expect(names("ca")).toEqual(["cat", "car"]);
  expect(names("xq")).toEqual([]);
  expect(names("")).toEqual([]);
  expect(names(" ?! ")).toEqual([]);
});

test("what is like the query comes only where nothing contains it", () => {
  // "pug" is not far from "bug", but "husky" and "bus" are what was asked.
  expect(names("us")).toEqual(["bus", "husky"]);
  expect(names("huski")).toEqual(["husky"]);
});

test("an id finds its node", () => {
  const tree = buildTree({
    ...petsJson,
    ids: petsJson.ids.map((_, node) => `n0${node}`),
  });
  expect(search(tree, "N04").map(({ node }) => tree.names[node])).toEqual([
    "husky",
  ]);
});

test("a group's whole name stands for its classes", () => {
  expect(positionsNamed(pets, "dog")).toEqual(Uint8Array.of(1, 1, 0, 0));
  expect(positionsNamed(pets, "us")).toEqual(Uint8Array.of(0, 1, 0, 1));
  // A part of a group's name does not.
  expect(positionsNamed(pets, "anim")).toEqual(Uint8Array.of(0, 0, 0, 0));
});

test("classes that are missing on an axis are known", () => {
  const { sums } = petsEpoch;
  expect(pets.leaves.every((leaf) => absenceOf(sums, leaf) === null)).toBe(
    true,
  );
  // Labels: bus has no samples, a husky is called bus, the pug is never
  // predicted and called tabby; tabby is right.
  const matrix = encode(4, [0, 1, 1, 1], [0, 3, 3], [1, 2, 5]);
  const epoch = readEpoch(matrix, pets);
  const found = findMissingClasses(pets, epoch.sums);
  const named = (nodes: number[]): string[] => nodes.map((n) => pets.names[n]!);
  expect(named(found["never predicted"])).toEqual(["pug", "husky"]);
  expect(named(found["only ever predicted"])).toEqual(["bus"]);
  expect(found["no samples"]).toEqual([]);
  expect(MISSING_KINDS.map(absenceInWords)).toEqual([
    "never predicted",
    "without samples, yet predicted",
    "without samples",
  ]);
  // A class that has nothing at all is not predicted, nor could it be missed.
  const right = readEpoch(encode(4, [1, 1, 1, 0], [0, 1, 2], [9, 9, 9]), pets);
  const without = findMissingClasses(pets, right.sums);
  expect(without["never predicted"]).toEqual([]);
  expect(without["no samples"]).toHaveLength(1);
  expect(NONE["never predicted"]).toBe("Every class with samples is predicted");
  const empty = readEpoch(encode(4, [0, 0, 0, 0], [], []), pets);
  expect(findMissingClasses(pets, empty.sums)["no samples"]).toHaveLength(4);
});
