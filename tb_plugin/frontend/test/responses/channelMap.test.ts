import { expect, test } from "vitest";
import { featureInWords } from "../../src/responses/data/cellInWords.ts";
import {
  asTheyAre,
  byGroup,
  byGroups,
} from "../../src/responses/data/channelOrder.ts";
import {
  readMeans,
  responsesOf,
  spreadsAt,
  spreadsOver,
} from "../../src/responses/data/classMeans.ts";
import {
  type Piece,
  sentenceOfGroup,
  sentenceOfLayer,
} from "../../src/responses/data/sentence.ts";
import { rasteriseChannels } from "../../src/responses/map/channelFrame.ts";
import {
  columnsAt,
  poolColumns,
  poolRows,
  topOf,
} from "../../src/responses/map/poolChannels.ts";
import { pets } from "../pets.ts";

/** Two channels of the four pets, by label; the last one has no samples. */
function stored(codes = [0, 100, 200, 0, 50, 50, 50, 0]): ArrayBuffer {
  const header = new TextEncoder().encode(
    JSON.stringify({ version: 1, classes: 4, features: 2 }),
  );
  const bytes = new Uint8Array(8 + header.length + 16 + 16 + codes.length);
  const data = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("KHC1"));
  data.setUint32(4, header.length, true);
  bytes.set(header, 8);
  const start = 8 + header.length;
  [5, 5, 5, 0].forEach((count, k) => {
    data.setUint32(start + 4 * k, count, true);
  });
  [1, 0, 6.1, 51].forEach((value, k) => {
    data.setFloat32(start + 16 + 4 * k, value, true);
  });
  bytes.set(codes, start + 32);
  return bytes.buffer;
}

const of = responsesOf(readMeans(stored()), pets);
/** Where each label stands in the tree of the pets. */
const [a, , c, d] = pets.leafOfLabel as unknown as number[];

test("class means are read as they are stored", () => {
  expect(of.isThere[d!]).toBe(0);
  expect(() => readMeans(stored([0]))).toThrow("cut short");
});

test("responses are in spreads of their channel, over classes with samples", () => {
  // 0, 100, 200: mean 100, spread 81.65.
  expect(spreadsAt(of, 0, c!)).toBeCloseTo(100 / 81.65, 4);
  expect(spreadsAt(of, 0, a!)).toBeCloseTo(-100 / 81.65, 4);
  expect(spreadsAt(of, 0, d!)).toBeNaN();
  // One that is always the same says nothing.
  expect(spreadsAt(of, 1, a!)).toBe(0);
  expect(spreadsOver(of, 0, [0, 4])).toBeCloseTo(0, 5);
});

test("columns share pixels, or pixels a column", () => {
  expect([0, 1, 2].map((at) => columnsAt(at, 3, 7))).toEqual([
    [0, 2],
    [2, 4],
    [4, 7],
  ]);
  expect([0, 1, 2, 3].map((at) => columnsAt(at, 4, 2)[0])).toEqual([
    0, 0, 1, 1,
  ]);
});

test("a pixel has the mean of its channels, a row that of its classes", () => {
  const one = poolColumns(of, Int32Array.of(1, 0), 1);
  expect(one.values[c!]).toBeCloseTo(100 / 81.65 / 2, 4);
  const two = poolColumns(of, Int32Array.of(1, 0), 2);
  expect(two.values[2 * c!]).toBe(0);
  expect(two.values[2 * c! + 1]).toBeCloseTo(100 / 81.65, 4);
  const wide = poolColumns(of, Int32Array.of(1, 0), 4);
  expect(wide.values[4 * c! + 3]).toBeCloseTo(100 / 81.65, 4);
  expect(
    poolRows(two, [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ]),
  ).toBe(two);
  // The class without samples is no part of the mean.
  const all = poolRows(two, [[0, 4]]);
  expect(all.values[1]).toBeCloseTo(0, 5);
  const alone = poolRows(two, [
    [d!, d! + 1],
    [a!, a! + 1],
  ]);
  expect([...alone.isThere]).toEqual([0, 1]);
  // 1.22, to the next half.
  expect(topOf(two)).toBe(1.5);
});

test("the strong are dark, what is below the mean and the absent are blank", () => {
  const pixels = new Uint32Array(4).fill(99);
  const rows = {
    low: Int32Array.of(0, 1),
    high: Int32Array.of(1, 2),
    markHigh: Int32Array.of(1, 2),
  };
  const pooled = {
    values: Float32Array.of(-3, 1, 0, 0),
    width: 2,
    isThere: Uint8Array.of(1, 0),
  };
  rasteriseChannels(pixels, 2, pooled, rows, 2, Uint32Array.of(10, 11, 12));
  expect([...pixels]).toEqual([10, 11, 0, 0]);
});

test("channels stand by their group, those within chance as they are", () => {
  const nodes = [0, 1, 2, 3];
  const { channels, parts } = byGroups(
    6,
    { channels: [4, 1, 3], nodes: [2, 2, 3] },
    nodes,
  );
  expect([...channels]).toEqual([4, 1, 3, 0, 2, 5]);
  expect(parts).toEqual([
    { kind: "for", node: 2, from: 0, to: 2 },
    { kind: "for", node: 3, from: 2, to: 3 },
    { kind: "chance", node: 0, from: 3, to: 6 },
  ]);
  expect([...asTheyAre(3).channels]).toEqual([0, 1, 2]);
});

test("a group has what responds to it first, and what is silent last", () => {
  const { channels, parts } = byGroup(6, 7, [5, 2], [0, 3]);
  expect([...channels]).toEqual([5, 2, 1, 4, 3, 0]);
  expect(parts.map(({ kind, from, to }) => [kind, from, to])).toEqual([
    ["for", 0, 2],
    ["chance", 2, 4],
    ["against", 4, 6],
  ]);
  expect(byGroup(2, 7, [1, 0], []).parts).toHaveLength(1);
});

const text = (pieces: readonly Piece[]): string =>
  pieces
    .map((each) => (typeof each === "string" ? each : each.name))
    .join("")
    .replace(/[\u2068\u2069]/g, "");

test("the sentence names what was found, and is silent of nothing", () => {
  const nodes = [0, 1, 2];
  const layer = { name: "conv2", features: 128 };
  const [first, second] = [pets.names[1]!, pets.names[2]!];
  expect(
    text(sentenceOfLayer(pets, { ...layer, nodes: [2, 1, 2] }, nodes)),
  ).toBe(
    `3 of 128 channels of conv2 tell a group of the tree from the rest, most often ${second} (2) and ${first} (1).`,
  );
  expect(text(sentenceOfLayer(pets, { ...layer, nodes: [2] }, nodes))).toBe(
    `1 of 128 channels of conv2 tells a group of the tree from the rest: ${second}.`,
  );
  expect(sentenceOfLayer(pets, { ...layer, nodes: [] }, nodes)).toEqual([]);
});

test("that of a group has its surest channel, if one responds to it", () => {
  const entry = {
    feature: 40,
    channel: 8,
    cell: [0, 2] as [number, number],
    auc: 0.974,
    p: 0,
    q: 0,
    strongest: [],
    samples: null,
  };
  const silent = { ...entry, auc: 0.01, channel: 3 };
  const about = { features: 1152, grid: [3, 3] as [number, number] };
  const group = { ...about, for: [40, 41], entries: [silent, entry] };
  expect(text(sentenceOfGroup(pets, 1, group))).toBe(
    `2 of 1,152 channels respond to ${pets.names[1]}; channel 8 (top right) is higher there in 97 of 100 pairs of classes.`,
  );
  // Ordered, but not beyond chance.
  expect(sentenceOfGroup(pets, 1, { ...group, for: [] })).toEqual([]);
});

test("a channel has a name in a grid of cells", () => {
  expect(featureInWords(41, 180, [3, 3])).toBe("1 top right");
  expect(featureInWords(41, 128, null)).toBe("41");
});
