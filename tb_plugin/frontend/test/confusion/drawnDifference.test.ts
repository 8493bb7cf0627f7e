/** Differences of matrices that are drawn at random, against plain arithmetic. */

import { expect, test } from "vitest";
import type { Cells } from "../../src/confusion/cells.ts";
import { sortByCount } from "../../src/confusion/cells.ts";
import {
  changesOf,
  differenceOf,
  subtract,
} from "../../src/confusion/difference.ts";
import { type Pairs, sortPairs } from "../../src/confusion/pairs.ts";
import { unite } from "../../src/confusion/unitedPairs.ts";
import { drawnNumbers } from "../drawnNumbers.ts";
import { pets, petsEpoch } from "../pets.ts";

const SIZE = 30;
const NONE = new Float64Array();

/** Means of ten runs: no whole numbers; some rows have no cells. */
function drawn(seed: number): { dense: number[][]; cells: Cells } {
  const next = drawnNumbers(seed);
  const dense = Array.from({ length: SIZE }, (_, row) =>
    Array.from({ length: SIZE }, (_, column) => {
      const isThere = row % 7 !== seed % 7 && next() < 0.3;
      return isThere || row === column ? Math.round(40 * next()) / 10 : 0;
    }),
  );
  const [row, column, count]: number[][] = [[], [], []];
  const rowStart = [0];
  dense.forEach((line, at) => {
    line.forEach((value, to) => {
      if (at === to || value === 0) return;
      row!.push(at);
      column!.push(to);
      count!.push(value);
    });
    rowStart.push(row!.length);
  });
  const counts = Float64Array.from(count!);
  const cells: Cells = {
    size: SIZE,
    rowStart: Uint32Array.from(rowStart),
    row: Uint16Array.from(row!),
    column: Uint16Array.from(column!),
    count: counts,
    weakestFirst: sortByCount(counts),
    diagonal: Float64Array.from(dense, (line, at) => line[at]!),
  };
  return { dense, cells };
}

const samples = (seed: number): Float64Array => {
  const next = drawnNumbers(seed);
  return Float64Array.from({ length: SIZE }, (_, row) =>
    row === 3 ? 0 : Math.ceil(50 * next()),
  );
};

test.each([
  ["counts", false, undefined],
  ["all counts", false, 0],
  ["counts of at least 2", false, 2],
  ["shares", true, undefined],
] as const)("%s differ as their matrices do", (_, inShares, least) => {
  for (let seed = 1; seed < 6; seed++) {
    const [shown, other] = [drawn(seed), drawn(seed + 1)];
    const perRow = { shown: samples(seed), other: samples(seed + 9) };
    const share = (value: number, of: number): number =>
      !inShares ? value : of ? value * (1 / of) : 0;
    const found = subtract(
      shown.cells,
      other.cells,
      inShares ? perRow : undefined,
      least,
    );
    const listed = new Map<string, number[]>();
    for (let at = 0; at < SIZE; at++) {
      for (let k = found.rowStart[at]!; k < found.rowStart[at + 1]!; k++) {
        expect(found.row[k]).toBe(at);
        const where = `${at} ${found.column[k]}`;
        expect(listed.has(where)).toBe(false);
        listed.set(where, [
          found.before[k]!,
          found.after[k]!,
          found.change[k]!,
        ]);
      }
    }
    const expected = new Map<string, number[]>();
    for (let at = 0; at < SIZE; at++) {
      for (let to = 0; to < SIZE; to++) {
        const [from, into] = [shown.dense[at]![to]!, other.dense[at]![to]!];
        const by =
          share(into, perRow.other[at]!) - share(from, perRow.shown[at]!);
        const isKept = Math.abs(by) >= (least ?? 1e-9);
        if (at === to) expect(found.diagonal[at]).toBe(isKept ? by : 0);
        else if (isKept && (from || into)) {
          expected.set(`${at} ${to}`, [from, into, by]);
        }
      }
    }
    expect(listed).toEqual(expected);
    expect([...found.weakestFirst].sort((a, b) => a - b)).toEqual([
      ...found.change.keys(),
    ]);
  }
});

test("a difference that is known already gives the same pairs", () => {
  const leaves = Int32Array.from({ length: SIZE }, (_, at) => at);
  const groups = {
    nodes: leaves,
    groupOf: new Uint16Array(leaves),
    edge: NONE,
  };
  const cut = { ...groups, columns: groups };
  for (const seed of [1, 2, 3]) {
    const [one, two] = [drawn(seed).cells, drawn(seed + 1).cells];
    const difference = differenceOf(one, two);
    // What is the same in both is in it, and changed by nothing.
    const same = difference.change.filter((by) => by === 0).length;
    expect(changesOf(difference).change.length).toBe(
      difference.change.length - same,
    );
    for (const least of [0, 2]) {
      expect(unite(cut, one, two, { least, difference })).toEqual(
        unite(cut, one, two, { least }),
      );
    }
  }
});

test.each([
  ["samples", false, 300],
  ["very many samples", false, 2 ** 31],
  ["shares", true, 1],
])(
  "pairs of %s are sorted as by comparison, equals in their order",
  (_, isShare, most) => {
    const next = drawnNumbers(7);
    const length = 2000;
    const by = Float64Array.from(
      { length },
      () => (next() - 0.5) * (next() < 0.5 ? 2 * most : most / 100),
    );
    const list = Uint32Array.from({ length }, (_, i) => length - 1 - i);
    const pairs = {
      cells: { count: new Uint32Array(length) },
      within: new Float64Array(),
      change: { by, isShare },
      list,
    } as unknown as Pairs;
    const unit = isShare ? 2 ** 30 : 1;
    const sizeOf = (k: number): number => Math.round(Math.abs(by[k]!) * unit);
    const sort = { key: "change", flipped: false } as const;
    const found = sortPairs(pets, petsEpoch, pairs, sort);
    expect([...found.list]).toEqual(
      [...list].sort((a, b) => sizeOf(b) - sizeOf(a)),
    );
    expect(found.most).toBe(Math.max(...[...list].map(sizeOf)));
    const back = sortPairs(pets, petsEpoch, pairs, { ...sort, flipped: true });
    expect([...back.list]).toEqual(
      [...list].sort((a, b) => sizeOf(a) - sizeOf(b)),
    );
  },
);
