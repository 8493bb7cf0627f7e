import { expect, test } from "vitest";
import { collapse } from "../../src/confusion/cells.ts";
import { keep } from "../../src/confusion/filters.ts";
import {
  compactAxes,
  placeAlong,
} from "../../src/confusion/isolatedClasses.ts";
import { leafCut } from "../../src/confusion/pairs.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import { pets, petsEpoch } from "../pets.ts";

const { cells, sums } = petsEpoch;
const pug = Uint8Array.of(1, 0, 0, 0);
// Pug and husky are taken for one another: the other classes have no part.
const shown = keep(
  collapse(cells, leafCut(pets), true),
  (row, column) => row === 0 || column === 0,
);

test("only rows and columns with something to show have a place", () => {
  const places = compactAxes(pets, leafCut(pets), shown, pug, sums);
  expect([...places.rows]).toEqual([0, 2, 4, 4, 4]);
  expect([...places.columns]).toEqual([0, 2, 4, 4, 4]);
});

test("what is never predicted has a row, and no column", () => {
  const never = { ...sums, predictedCount: sums.predictedCount.slice() };
  never.predictedCount[pets.leaves[0]!] = 0;
  const rows = keep(shown, (row) => row === 0);
  const places = compactAxes(pets, leafCut(pets), rows, pug, never);
  expect([...places.rows]).toEqual([0, 4, 4, 4, 4]);
  // Where its images go.
  expect([...places.columns]).toEqual([0, 0, 4, 4, 4]);
});

test("groups keep the sizes they have to one another", () => {
  const cut = makeCut(pets, pets.levels[1]!.nodes);
  const all = collapse(cells, cut, true);
  const cat = keep(all, (row, column) => row === 1 && column === 2);
  const places = compactAxes(pets, cut, cat, Uint8Array.of(1), sums);
  // Two dogs and a cat on four places; the car alone.
  expect([...places.rows].map((place) => Math.round(3 * place))).toEqual([
    0, 4, 8, 12, 12,
  ]);
  const dogs = [...places.columns].map((place) => Math.round(3 * place));
  expect(dogs).toEqual([0, 4, 8, 8, 12]);
});

test("with nothing to show all is as it was", () => {
  const none = keep(shown, () => false);
  const nobody = new Uint8Array(4);
  const places = compactAxes(pets, leafCut(pets), none, nobody, sums);
  expect(places.rows).toBe(pets.leafEdges);
});

test("places between classes are between their edges", () => {
  const places = Float64Array.of(0, 0, 4, 4, 4);
  const at = (place: number) => placeAlong(pets, places, place);
  expect([0, 0.5, 1, 1.25, 2, 4].map(at)).toEqual([0, 0, 0, 1, 4, 4]);
});
