import { expect, test } from "vitest";
import { type Cells, collapse, countAt } from "../../src/confusion/cells.ts";
import { keep } from "../../src/confusion/filters.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import { buildTree } from "../../src/hierarchy/tree.ts";
import { decodePieces } from "../../src/samples/data/pictureFormat.ts";
import {
  factsOf,
  hasSameLabels,
  recounted,
} from "../../src/samples/data/sampleFacts.ts";
import { decodeSamples } from "../../src/samples/data/sampleFormat.ts";
import { readIndex } from "../../src/samples/data/sampleIndex.ts";
import { layRows, rowAt, walk } from "../../src/samples/grid/gridRows.ts";
import { arrange, othersOf } from "../../src/samples/selection/grouping.ts";
import {
  BEYOND,
  changeOf,
  passing,
  probabilityBars,
  rankClass,
} from "../../src/samples/selection/sampleFilters.ts";
import {
  CORRECT,
  countWhich,
  FALSE_NEGATIVE,
  FALSE_POSITIVE,
  offered,
  sortOut,
  WRONG_CLASS,
} from "../../src/samples/selection/sampleRoles.ts";
import { inShownCells } from "../../src/samples/selection/shownSamples.ts";
import { packed, pets, petsJson } from "../pets.ts";

// Labels bus 0, husky 1, pug 2, tabby 3; positions pug 0, husky 1, tabby 2,
// bus 3. Seven samples: one bus, two huskies, three pugs, one tabby.
const index = readIndex({
  version: 1,
  counts: [1, 2, 3, 1],
  named: true,
  ids: ["b0", "h1", "h2", "p3", "p4", "p5", "t6"],
});

const CODE = (p: number): number =>
  Math.round(256 * Math.log(-Math.log(p))) + 4096;
const low = (codes: number[]): number[] => codes.map((code) => code & 255);
const high = (codes: number[]): number[] => codes.map((code) => code >> 8);

const first = [0.9, 0.5, 0.6, 0.8, 0.4, 0.7, 0.3];
const best = [0, 2, 1, 2, 1, 3, 0];
const second = [3, 1, 2, 1, 2, 1, 2];
// The share of the second probability in the first: (153 / 255)^2 = 0.36.
const shares = [153, 153, 153, 153, 153, 153, 153];
// Of the actual class, where it is not the best: 0.18 = 0.5 * 0.36 for h1,
// 0.144 for p4, p5 third of the four with 0.1, t6 unknown beyond the two.
const own = [0, CODE(0.18), 0, 0, CODE(0.144), CODE(0.1), 65534];
const above = [0, 0, 0, 0, 0, 2, 0];
const header = {
  version: 1,
  samples: 7,
  classes: 4,
  top: 2,
  hierarchy: "h",
  index: "i",
};
const codes = first.map(CODE);
const body = [
  best,
  second,
  low(codes),
  high(codes),
  shares,
  low(own),
  high(own),
  above,
].flat();
const record = decodeSamples(packed("KHS1", header, body), index);
const facts = factsOf(record, index, pets);
const all = (): boolean => true;

test("a record is decoded to what its codes stand for", () => {
  expect([...record.best[0]!]).toEqual(best);
  first.forEach((p, i) => {
    expect(record.probability[0]![i]).toBeCloseTo(p, 2);
    expect(record.probability[1]![i]).toBeCloseTo(0.36 * p, 2);
  });
  expect([...record.trueRank]).toEqual([1, 2, 1, 1, 2, 3, 0]);
  expect(record.trueProbability[0]).toBeCloseTo(0.9, 2);
  expect(record.trueProbability[4]).toBeCloseTo(0.144, 2);
  expect(record.loss[5]).toBeCloseTo(Math.LN10, 1);
  expect(record.trueProbability[6]).toBeNaN();
});

test("codes at the ends", () => {
  const one = { ...header, samples: 1, classes: 1, top: 1 };
  const alone = readIndex({ version: 1, counts: [1], ids: ["a"], named: true });
  const read = (code: number) =>
    decodeSamples(
      packed("KHS1", one, [0, code & 255, code >> 8, 0, 0, 0]),
      alone,
    );
  expect(read(65535).loss[0]).toBe(Number.POSITIVE_INFINITY);
  expect(read(65535).trueProbability[0]).toBe(0);
  expect(read(0).trueProbability[0]).toBeCloseTo(1, 6);
  expect(read(4096).trueProbability[0]).toBeCloseTo(1 / Math.E, 6);
});

test("two bytes a class from 257 classes on", () => {
  const wide = { ...header, samples: 1, classes: 300, top: 1 };
  const counts = new Array<number>(300).fill(0);
  counts[299] = 1;
  const of = readIndex({ version: 1, counts, ids: ["a"], named: true });
  const read = decodeSamples(
    packed("KHS1", wide, [1, 1, 0, 16, 0, 0, 44, 1]),
    of,
  );
  // 1 + 256, and 44 + 256 classes above it.
  expect(read.best[0]![0]).toBe(257);
  expect(read.trueRank[0]).toBe(301);
});

test("a record of other samples than its index is refused", () => {
  const fewer = { version: 1, counts: [0, 0, 0, 6], named: true };
  const other = readIndex({ ...fewer, ids: [..."abcdef"] });
  expect(() => decodeSamples(packed("KHS1", header, body), other)).toThrow();
});

test("facts: places, margin over the actual or the second class", () => {
  expect([...facts.trueLeaf]).toEqual([3, 1, 1, 0, 0, 0, 2]);
  expect([...facts.predictedLeaf]).toEqual([3, 0, 1, 0, 1, 2, 3]);
  // b0 is right: 0.9 - 0.324; h1 is wrong: 0.5 - 0.18; p5: 0.7 - 0.1.
  expect(facts.margin[0]).toBeCloseTo(0.576, 2);
  expect(facts.margin[1]).toBeCloseTo(0.32, 2);
  expect(facts.margin[5]).toBeCloseTo(0.6, 2);
  expect(facts.margin[6]).toBeNaN();
});

test("samples that pass are counted anew", () => {
  const cells = recounted(facts, new Uint8Array(7).fill(1), 4);
  expect([...cells.diagonal]).toEqual([1, 1, 0, 1]);
  expect(countAt(cells, 0, 1)).toBe(1);
  expect(countAt(cells, 0, 2)).toBe(1);
  expect(countAt(cells, 1, 0)).toBe(1);
  expect(countAt(cells, 2, 3)).toBe(1);
  expect(cells.count.length).toBe(4);
  const some = recounted(facts, Uint8Array.of(0, 0, 0, 0, 1, 1, 0), 4);
  expect([...some.rowStart]).toEqual([0, 2, 2, 2, 2]);
  expect([...some.diagonal]).toEqual([0, 0, 0, 0]);
});

test("what samples are to a group, a pair, a band, a rectangle, all", () => {
  const letters = new Map([
    [0, "."],
    [CORRECT, "c"],
    [WRONG_CLASS, "w"],
    [FALSE_NEGATIVE, "n"],
    [FALSE_POSITIVE, "p"],
  ]);
  const told = (rows: number, columns: number): string =>
    [...sortOut(pets, facts, { rows, columns })]
      .map((role) => letters.get(role))
      .join("");
  const [dog, tabby] = [2, 6];
  // Of b0, h1, h2, p3, p4, p5, t6.
  expect(told(dog, dog)).toBe(".wccwn.");
  expect(told(tabby, tabby)).toBe(".....pn");
  expect(told(3, 4)).toBe(".p..w..");
  expect(told(dog, 0)[5]).toBe("n");
  expect(told(0, tabby)).toBe(".....pn");
  const found = sortOut(pets, facts, { rows: 0, columns: 0 });
  expect(countWhich(found, new Uint8Array(7).fill(1))).toEqual({
    [FALSE_NEGATIVE]: 0,
    [WRONG_CLASS]: 4,
    [CORRECT]: 3,
    [FALSE_POSITIVE]: 0,
  });
  expect(offered(pets, { rows: tabby, columns: tabby }).usual).toBe(
    FALSE_NEGATIVE,
  );
  expect(offered(pets, { rows: dog, columns: dog }).usual).toBe(
    FALSE_NEGATIVE | WRONG_CLASS,
  );
  // A column band offers nothing that goes away from it.
  expect(offered(pets, { rows: 0, columns: dog }).all & FALSE_NEGATIVE).toBe(0);
});

test("groups in the order of the tree, largest values first", () => {
  const wrong = (i: number): boolean =>
    facts.trueLeaf[i] !== facts.predictedLeaf[i];
  const found = arrange(facts, wrong, "actual", "probability");
  // Pugs 5 (0.7) and 4 (0.4), husky 1, tabby 6.
  expect([...found.list]).toEqual([5, 4, 1, 6]);
  expect(found.groups.map(({ actual }) => actual)).toEqual([0, 1, 2]);
  expect(othersOf(found, found.groups[0]!, facts.predictedLeaf)).toEqual([
    { position: 1, count: 1 },
    { position: 2, count: 1 },
  ]);
  const named = arrange(facts, all, "predicted", "probability");
  // As pug 3 (0.8), 1 (0.5); as husky 2, 4; as tabby 5; as bus 0, 6.
  expect([...named.list]).toEqual([3, 1, 2, 4, 5, 0, 6]);
  const unknown = arrange(facts, all, "predicted", "margin");
  expect([...unknown.list].slice(-2)).toEqual([0, 6]);
  const both = arrange(facts, all, "both", "loss");
  const pairs = both.groups.map((each) => [each.actual, each.predicted]);
  expect(pairs.join(" ")).toBe("0,0 0,1 0,2 1,0 1,1 2,3 3,3");
});

test("rows have known heights, closed groups one", () => {
  const groups = [
    { actual: 0, predicted: null, from: 0, to: 5 },
    { actual: 1, predicted: null, from: 5, to: 6 },
  ];
  const open = layRows(groups, 2, 72, () => true);
  expect([...open.top]).toEqual([0, 26, 140, 254, 368, 394, 508]);
  const closed = layRows(groups, 2, 72, () => false);
  expect([...closed.top]).toEqual([0, 26, 140, 166, 280]);
  expect(rowAt(closed, 139)).toBe(1);
  expect(rowAt(closed, 140)).toBe(2);
  expect(rowAt(closed, 1e6)).toBe(3);
  const way = (place: number, where: Parameters<typeof walk>[2]): number =>
    walk(open, place, where);
  expect(way(1, "right")).toBe(2);
  expect(way(4, "right")).toBe(5);
  expect(way(5, "right")).toBe(5);
  expect(way(5, "left")).toBe(4);
  expect(way(3, "down")).toBe(4);
  expect(way(4, "up")).toBe(2);
  expect(way(1, "next")).toBe(5);
  expect(way(5, "previous")).toBe(0);
  expect(walk(closed, 1, "right")).toBe(5);
});

test("filters: probability, rank, change", () => {
  const none = { low: 0, high: 1, ranks: null, changes: [] };
  expect(passing(facts, none, 2).every((each) => each === 1)).toBe(true);
  expect([...passing(facts, { ...none, low: 0.55 }, 2)]).toEqual([
    1, 0, 1, 1, 0, 1, 0,
  ]);
  expect([...passing(facts, { ...none, high: 0.45 }, 2)]).toEqual([
    0, 0, 0, 0, 1, 0, 1,
  ]);
  expect(probabilityBars(facts, all)[22]).toBe(1);
  expect(rankClass(2, 5)).toBe(2);
  expect(rankClass(0, 5)).toBe(BEYOND);
  expect(rankClass(3, 2)).toBe(BEYOND);
  const beyond = { ...none, ranks: new Set([BEYOND]) };
  expect([...passing(facts, beyond, 2)]).toEqual([0, 0, 0, 0, 0, 1, 1]);
});

test("what became of a sample since another record", () => {
  // Then h2 was named pug, p3 husky, p4 tabby; h1 was right.
  const there = {
    ...facts,
    predictedLeaf: Uint16Array.of(3, 1, 0, 1, 2, 2, 3),
  };
  expect([0, 1, 2, 3, 4, 5, 6].map((i) => changeOf(facts, there, i))).toEqual([
    null,
    "lost",
    "won",
    "won",
    "other answer",
    "wrong in both",
    "wrong in both",
  ]);
  const none = { low: 0, high: 1, ranks: null };
  const of = (change: "won" | "wrong in both"): number[] => [
    ...passing(facts, { ...none, changes: [{ there, change }] }, 2),
  ];
  expect(of("won")).toEqual([0, 0, 1, 1, 0, 0, 0]);
  expect(of("wrong in both")).toEqual([0, 0, 0, 0, 1, 1, 1]);
});

test("a piece of pictures is unpacked", () => {
  const header = { version: 1, pictures: 3, firsts: [2] };
  const numbers = [2, 0, 0, 0, 7, 0, 0, 0, 9, 1, 0, 0];
  const ends = [0, 2, 2, 5].flatMap((end) => [end, 0, 0, 0]);
  const files = [1, 2, 3, 4, 5];
  const piece = packed("KHP1", header, [...numbers, ...ends, ...files]);
  const read = decodePieces([piece]);
  expect([...read.files.keys()]).toEqual([2, 7, 265]);
  expect([...read.files.get(2)!]).toEqual([1, 2]);
  expect(read.files.get(7)!.length).toBe(0);
  expect(decodePieces([new ArrayBuffer(0)]).files.size).toBe(0);
});

test("the same labels are the same classes in any order, and no others", () => {
  const { ids, labels } = petsJson;
  const [pug, husky] = [3, 4];
  const swapped = (values: readonly (string | number)[]) =>
    values.with(pug, values[husky]!).with(husky, values[pug]!);
  const reordered = buildTree({
    ...petsJson,
    ids: swapped(ids) as string[],
    labels: swapped(labels) as number[],
  });
  expect(hasSameLabels(pets, reordered)).toBe(true);
  // Label 1 is a pug there.
  const renamed = buildTree({ ...petsJson, ids: swapped(ids) as string[] });
  expect(hasSameLabels(pets, renamed)).toBe(false);
});

test("samples of cells that are left out are left out", () => {
  // Positions: bus right; husky as pug, husky right; pug right, pug as husky,
  // pug as tabby; tabby as bus.
  const cells = recounted(facts, new Uint8Array(7).fill(1), 4);
  const cut = makeCut(pets, pets.leaves);
  const only = (passes: (row: number, column: number) => boolean) =>
    keep(cells, passes);
  const ask = (shown: Cells, errorsOnly: boolean, least = 1, from = 0) => [
    ...inShownCells(
      facts,
      { cut, wanted: cells, shown, errorsOnly },
      { least, range: { from, below: Number.POSITIVE_INFINITY } },
      null,
    ),
  ];
  expect(ask(cells, false)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  const fromPug = only((row) => row === 0);
  // Right answers have no cell among errors.
  expect(ask(fromPug, true)).toEqual([1, 0, 1, 1, 1, 1, 0]);
  expect(ask(fromPug, false)).toEqual([0, 0, 0, 1, 1, 1, 0]);
});

test("a cell that is empty passes what a count of 0 passes", () => {
  const none = recounted(facts, new Uint8Array(7), 4);
  const cut = makeCut(pets, pets.leaves);
  const drawn = { cut, wanted: none, shown: none, errorsOnly: true };
  const ask = (least: number, from: number): number => {
    const range = { from, below: 9 };
    return inShownCells(facts, drawn, { least, range }, null)[1]!;
  };
  expect([ask(1, 0), ask(2, 0), ask(1, 0.5)]).toEqual([1, 0, 0]);
  const isOut = () => false;
  const all = { least: 1, range: { from: 0, below: 9 } };
  expect([...inShownCells(facts, drawn, all, isOut)]).toEqual(Array(7).fill(0));
});

test("in a matrix of groups the block of a sample decides", () => {
  // dog: pug and husky; cat; car. Among dogs 2 errors, to cat and car one each.
  const cut = makeCut(pets, Int32Array.of(2, 5, 7));
  const cells = recounted(facts, new Uint8Array(7).fill(1), 4);
  const wanted = collapse(cells, cut, true);
  const shown = keep(wanted, (_row, _column, count) => count >= 2);
  const filters = { least: 1, range: { from: 2, below: 9 } };
  const drawn = { cut, wanted, shown, errorsOnly: true };
  const found = inShownCells(facts, drawn, filters, null);
  expect([...found]).toEqual([1, 1, 1, 1, 1, 0, 0]);
});
