import { expect, test } from "vitest";
import { makeCut } from "../../src/hierarchy/groups.ts";
import { spanOf } from "../../src/hierarchy/selection.ts";
import type { Frame } from "../../src/matrix/canvas/frame.ts";
import { axisOf } from "../../src/matrix/canvas/rasterise.ts";
import {
  inWords,
  meanBetween,
  meansOf,
  readLikeness,
} from "../../src/responses/data/likeness.ts";
import {
  likenessPainter,
  rasteriseLikeness,
} from "../../src/responses/map/drawLikeness.ts";
import { LIGHT } from "../../src/ui/colours.ts";
import { encode, pets } from "../pets.ts";

// By label: bus, husky, pug, tabby; codes are 1 + 100 (1 + r).
//         husky  pug tabby           in the order of the tree:
// bus      -0.9 -0.5     .           pug husky tabby bus
// husky          0.8   0.2
// pug                  0.4
// One pair is not known: that of bus and tabby.
const blob = encode(
  4,
  [2, 2, 1, 0],
  [1, 0, 2, 0, 3],
  [11, 51, ...leb(181), 121, ...leb(141)],
);

/** Of numbers from 128 on, two bytes. */
function leb(value: number): number[] {
  return [(value & 127) | 128, value >> 7];
}

const likeness = readLikeness(blob, pets);
const [PUG, HUSKY, TABBY, BUS] = [0, 1, 2, 3];
const one = (at: number): [number, number] => [at, at + 1];
const between = (a: number, b: number): number =>
  meanBetween(likeness, one(a), one(b));

test("a pair stands once and counts both ways, in the order of the tree", () => {
  expect(between(PUG, HUSKY)).toBeCloseTo(0.8);
  expect(between(HUSKY, PUG)).toBeCloseTo(0.8);
  expect(between(TABBY, PUG)).toBeCloseTo(0.4);
  expect(between(HUSKY, TABBY)).toBeCloseTo(0.2);
  expect(between(BUS, HUSKY)).toBeCloseTo(-0.9);
  expect(between(BUS, PUG)).toBeCloseTo(-0.5);
});

test("a class and itself are no pair, and what is not known is none", () => {
  expect(between(PUG, PUG)).toBeNaN();
  expect(between(BUS, TABBY)).toBeNaN();
  const dogs = spanOf(pets, 2);
  expect(meanBetween(likeness, dogs, dogs)).toBeCloseTo(0.8);
  const animals = spanOf(pets, 1);
  expect(meanBetween(likeness, animals, animals)).toBeCloseTo(1.4 / 3);
});

test("classes without any pair have no samples", () => {
  expect([...likeness.isThere]).toEqual([1, 1, 1, 1]);
  const some = readLikeness(encode(4, [0, 1, 0, 0], [2], [101]), pets);
  // Of pug and husky alone.
  expect([...some.isThere]).toEqual([1, 1, 0, 0]);
});

test("a correlation has a sign unless it is none", () => {
  expect([0.534, -0.126, -0.001, Number.NaN].map((r) => inWords(r))).toEqual([
    "0.53",
    "−0.13",
    "0.00",
    "",
  ]);
  expect(inWords(-0.001, 3)).toBe("−0.001");
});

test("groups are as alike as their classes are on average", () => {
  const cut = makeCut(pets, pets.levels[1]!.nodes);
  const means = meansOf(likeness, pets, cut, cut.columns);
  // dog cat car
  expect(means[0]).toBeCloseTo(0.8);
  expect(means[1]).toBeCloseTo(0.3);
  expect(means[2]).toBeCloseTo(-0.7);
  expect(means[4]).toBeNaN();
  expect(means[1]).toBe(means[3]);
});

/** Draws four classes into a square of so many pixels. */
function drawn(side: number): number[][] {
  const cut = makeCut(pets, pets.levels[2]!.nodes);
  const means = meansOf(likeness, pets, cut, cut.columns);
  const axis = axisOf(cut.edge, 0, side / 4, 1);
  const pixels = new Uint32Array(side * side);
  // Shades 0 to 8 stand for correlations of 0 to 0.8.
  const colours = Uint32Array.from({ length: 9 }, (_, at) => 100 + at);
  rasteriseLikeness(pixels, side, means, 4, axis, axis, colours);
  return Array.from({ length: side }, (_, row) => [
    ...pixels.subarray(row * side, (row + 1) * side),
  ]);
}

test("a pixel a class is as grey as the pair is alike", () => {
  expect(drawn(4)).toEqual([
    [0, 108, 104, 100],
    [108, 0, 102, 100],
    [104, 102, 0, 0],
    [100, 100, 0, 0],
  ]);
});

test("a pixel of several classes is as grey as their pairs on average", () => {
  expect(drawn(2)).toEqual([
    [108, 100],
    [100, 0],
  ]);
});

/** How many numbers stand in each row of four classes in so many pixels. */
function numbersIn(side: number): number[] {
  const cut = makeCut(pets, pets.levels[2]!.nodes);
  const means = meansOf(likeness, pets, cut, cut.columns);
  const axis = axisOf(cut.edge, 0, side / 4, 1);
  const frame = {
    layout: { matrix: { x: 0, y: 0, size: side } },
    placed: cut,
    window: { x: 0, y: 0, span: 4 },
    palette: LIGHT,
  } as unknown as Frame;
  const rows = new Map([...axis.low].map((low) => [low, 0]));
  const context = {
    fillText: (_text: string, _x: number, y: number) => {
      const low = [...axis.low].filter((each) => each < y).at(-1)!;
      rows.set(low, rows.get(low)! + 1);
    },
  } as unknown as CanvasRenderingContext2D;
  const painter = likenessPainter(means, 4, LIGHT);
  painter.drawNumbers(context, frame, axis, axis, 1);
  return [...rows.values()];
}

test("columns that are equally wide all have numbers, or none has", () => {
  // Columns of 33.75 pixels: three have 34 of them, one has 33.
  expect(numbersIn(135)).toEqual([0, 0, 0, 0]);
  // Of 34.25: one has 35. A class and itself, and one pair, are not known.
  expect(numbersIn(137)).toEqual([3, 3, 2, 2]);
});
