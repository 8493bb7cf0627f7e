import { expect, test } from "vitest";
import { collapse, readEpoch, reverses } from "../../src/confusion/cells.ts";
import {
  barAt,
  isMadeOf,
  leafCut,
  type Pairs,
  pairAt,
  pairsIn,
  type Sort,
  sortPairs,
} from "../../src/confusion/pairs.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import { buildTree } from "../../src/hierarchy/tree.ts";
import { encode, flat, pets, petsEpoch } from "../pets.ts";

// In the order of the tree, with errors
//        pug husky tabby bus
// pug          2     0    0
// husky   3          1    0
// tabby   0    0          1
// bus     0    0     1
const { cells } = petsEpoch;
const [dog, cat, pug, husky, tabby, car, bus] = [2, 5, 3, 4, 6, 7, 8] as const;
const classes = { cut: leafCut(pets), cells, within: new Float64Array() };

function listed(pairs: Pairs): number[][] {
  return Array.from(pairs.list, (_, i) => {
    const { rows, columns, count } = pairAt(pairs, i);
    return [rows, columns, count];
  });
}

test("a group is touched by both its bands, the strongest first", () => {
  const pairs = pairsIn(pets, classes, { rows: dog, columns: dog });
  expect(listed(pairs)).toEqual([
    [husky, pug, 3],
    [pug, husky, 2],
    [husky, tabby, 1],
  ]);
});

test("a block, a band and a rectangle hold what lies in them", () => {
  const of = (selection: Parameters<typeof pairsIn>[2]) =>
    listed(pairsIn(pets, classes, selection));
  expect(of({ rows: dog, columns: cat })).toEqual([[husky, tabby, 1]]);
  expect(of({ rows: 0, columns: cat }).map(([row]) => row)).toEqual([
    bus,
    husky,
  ]);
  expect(of({ rows: tabby, columns: 0 })).toEqual([[tabby, bus, 1]]);
  const box = { rows: [1, 3], columns: [0, 1] } as const;
  expect(of({ rows: 1, columns: pug, box })).toEqual([[husky, pug, 3]]);
});

test("at a level, errors within a group are listed among the pairs", () => {
  const cut = makeCut(pets, pets.levels[1]!.nodes);
  const level = collapse(cells, cut, true);
  const source = { cut, cells: level, within: level.diagonal };
  expect(listed(pairsIn(pets, source, { rows: 0, columns: 0 }))).toEqual([
    [dog, dog, 5],
    [car, cat, 1],
    [cat, car, 1],
    [dog, cat, 1],
  ]);
  expect(isMadeOf(pets, cut, { rows: [0, 2], columns: [2, 4] })).toBe(true);
  expect(isMadeOf(pets, cut, { rows: [0, 1], columns: [0, 4] })).toBe(false);
});

test("means of runs are sorted by parts of a sample", () => {
  // Of three runs: thirds, all below one.
  const third = (n: number): number => n / 9;
  const mean = {
    ...cells,
    count: Float64Array.from(cells.count, third),
  };
  expect([...reverses(mean)]).toEqual([...reverses(cells)].map(third));
  const by = Float64Array.from(mean.count, (n) => -n);
  const of = {
    ...classes,
    cells: mean,
    change: { by, isShare: false },
  };
  const all = pairsIn(pets, of, { rows: 0, columns: 0 });
  for (const key of ["mutual", "change", "fewer"] as const) {
    const sorted = sortPairs(pets, petsEpoch, all, { key, flipped: false });
    const names = listed(sorted).map(
      ([row, column]) => `${pets.names[row!]} ${pets.names[column!]}`,
    );
    // 3 against 2 errors, and 1 against none.
    expect(names.slice(0, 2)).toEqual(["husky pug", "pug husky"]);
    if (key === "mutual") expect(names.at(-1)).toBe("husky tabby");
    const flipped = sortPairs(pets, petsEpoch, all, { key, flipped: true });
    if (key === "change") expect(listed(flipped).at(-1)![2]).toBeCloseTo(1 / 3);
  }
});

test("sorted by each key, equals the strongest first", () => {
  const all = pairsIn(pets, classes, { rows: 0, columns: 0 });
  const by = (key: Sort["key"], flipped = false) =>
    listed(sortPairs(pets, petsEpoch, all, { key, flipped })).map(
      ([row, column]) => `${pets.names[row!]} ${pets.names[column!]}`,
    );
  // Ties in count: the later cell is the stronger.
  expect(by("count")).toEqual([
    "husky pug",
    "pug husky",
    "bus tabby",
    "tabby bus",
    "husky tabby",
  ]);
  expect(by("count", true)[4]).toBe("husky pug");
  // 3 of 10, 2 of 10, 1 of 10 each.
  expect(by("share").slice(0, 2)).toEqual(["husky pug", "pug husky"]);
  expect(by("mutual")).toEqual([
    "husky pug",
    "pug husky",
    "bus tabby",
    "tabby bus",
    "husky tabby",
  ]);
  expect(by("distance")).toEqual([
    "bus tabby",
    "tabby bus",
    "husky tabby",
    "husky pug",
    "pug husky",
  ]);
  expect(by("actual")).toEqual([
    "bus tabby",
    "husky pug",
    "husky tabby",
    "pug husky",
    "tabby bus",
  ]);
  expect(by("predicted", true)[0]).toMatch(/tabby$/);
});

test("bars are as long as what is sorted by, of the most in the list", () => {
  const all = pairsIn(pets, classes, { rows: 0, columns: 0 });
  const bars = (key: Sort["key"], flipped = false) => {
    const sorted = sortPairs(pets, petsEpoch, all, { key, flipped });
    return Array.from(sorted.list, (_, i) => barAt(sorted, i));
  };
  // Counts 3, 2, 1, 1, 1; both ways 2, 2, 1, 1, 0; distances 3, 3, 2, 1, 1.
  expect(bars("count")).toEqual([1, 2 / 3, 1 / 3, 1 / 3, 1 / 3]);
  expect(bars("count", true)[4]).toBe(1);
  expect(bars("mutual")).toEqual([1, 1, 0.5, 0.5, 0]);
  expect(bars("distance")).toEqual([1, 1, 2 / 3, 1 / 3, 1 / 3]);
  // A name has no length: that of the count.
  expect(Math.max(...bars("actual"))).toBe(1);
  expect(bars("actual").filter((bar) => bar === 1 / 3)).toHaveLength(3);
});

test("counts beyond the bins of the sort are in order, too", () => {
  const tree = buildTree(flat(["a", "b", "c"]));
  // 5000 = 0x08 0x27 in base 128, 9000 = 0x28 0x46.
  const matrix = encode(3, [1, 1, 1], [1, 2, 0], [0x88, 0x27, 0xa8, 0x46, 7]);
  const epoch = readEpoch(matrix, tree);
  const pairs = pairsIn(
    tree,
    { cut: leafCut(tree), cells: epoch.cells, within: new Float64Array() },
    { rows: 0, columns: 0 },
  );
  expect(listed(pairs).map(([, , count]) => count)).toEqual([9000, 5000, 7]);
});
