import { expect, test } from "vitest";
import {
  changeTicks,
  makeChangeScale,
  shadeOfChange,
} from "../../src/colour/changeScale.ts";
import { collapse, readEpoch } from "../../src/confusion/cells.ts";
import { changeOf, subtract } from "../../src/confusion/difference.ts";
import {
  barAt,
  changeAt,
  isUntestedAt,
  leafCut,
  pairAt,
  pairsIn,
  type Sort,
  sortPairs,
} from "../../src/confusion/pairs.ts";
import {
  isWithin,
  matchTrees,
  realign,
} from "../../src/confusion/treeMatching.ts";
import { unite } from "../../src/confusion/unitedPairs.ts";
import { pairRows, toCsv } from "../../src/export/csv.ts";
import { type Cut, makeCut } from "../../src/hierarchy/groups.ts";
import { buildTree } from "../../src/hierarchy/tree.ts";
import { nearestEpoch } from "../../src/loading/nearestEpoch.ts";
import { gainsAndLosses, groupsIn } from "../../src/panel/Gains.tsx";
import { encode, flat, pets, petsEpoch } from "../pets.ts";

// In the order of the tree, here and there:
//        pug husky tabby bus        pug husky tabby bus
// pug      8     2     0   0          9     1     0   0
// husky    3     6     1   0          3     7     0   0
// tabby    0     0     9   1          0     0     8   2
// bus      0     0     1   9          0     0     0  10
const better = readEpoch(
  encode(4, [1, 2, 2, 2], [0, 1, 0, 1, 0, 0, 2], [10, 7, 3, 1, 9, 2, 8]),
  pets,
);
const names = { other: "hier", shown: "plain" };

const at = (
  changes: ReturnType<typeof subtract>,
  row: number,
  column: number,
): number => {
  for (let k = changes.rowStart[row]!; k < changes.rowStart[row + 1]!; k++) {
    if (changes.column[k] === column) return changes.change[k]!;
  }
  return 0;
};

test("a difference is the other minus the shown one, cell by cell", () => {
  const changes = subtract(petsEpoch.cells, better.cells);
  expect([...changes.diagonal]).toEqual([1, 1, -1, 1]);
  expect(at(changes, 0, 1)).toBe(-1);
  expect(at(changes, 1, 2)).toBe(-1);
  expect(at(changes, 2, 3)).toBe(1);
  expect(at(changes, 3, 2)).toBe(-1);
  // Husky is called pug three times in both: nothing to draw.
  expect(at(changes, 1, 0)).toBe(0);
  expect([...changes.rowStart]).toEqual([0, 1, 2, 3, 4]);
});

test("shares of a row without samples, here or there, do not change", () => {
  const [one, ten] = [
    [0, 10, 10, 10],
    [10, 10, 10, 20],
  ].map((samples) => Float64Array.from(samples));
  for (const perRow of [
    { shown: one!, other: ten! },
    { shown: ten!, other: one! },
  ]) {
    const { rowStart, diagonal } = subtract(
      petsEpoch.cells,
      petsEpoch.cells,
      perRow,
    );
    // Nobody is of the first class in the one: nobody can be right there.
    expect([...diagonal.slice(0, 3)]).toEqual([0, 0, 0]);
    expect(Math.abs(diagonal[3]!)).toBeCloseTo(0.45);
    expect([...rowStart]).toEqual([0, 0, 0, 0, 1]);
  }
});

test("a node changes in its block, its bands and its scores", () => {
  const [animal, dog] = [1, 2];
  // Of 20 dogs 19 are called dogs, then 20; of 19 called so, then 20.
  const change = changeOf(petsEpoch.sums, better.sums, dog);
  expect(change.truePositives).toBe(1);
  expect(change.wrongClass).toBe(-1);
  expect(change.falseNegatives).toBe(-1);
  expect(change.falsePositives).toBe(0);
  expect(change.recall).toBeCloseTo(1 / 20);
  expect(change.f1).toBeCloseTo(1 - 38 / 39);
  expect(changeOf(petsEpoch.sums, better.sums, animal).falseNegatives).toBe(1);
});

test("pairs of both matrices, with counts of the first and the change", () => {
  const listed = (
    cut: Cut,
    least: number,
    by: Sort = { key: "change", flipped: false },
  ) => {
    const [here, there] = [petsEpoch, better].map(({ cells }) =>
      collapse(cells, cut, true),
    );
    const source = unite(cut, here!, there!, { least });
    const all = pairsIn(pets, source, { rows: 0, columns: 0 });
    const found = sortPairs(pets, petsEpoch, all, by);
    return Array.from(found.list, (_, i) => {
      const { rows, columns, count } = pairAt(found, i);
      const names = [rows, columns].map((node) => pets.names[node]).join(" ");
      return [names, count, changeAt(found, i), barAt(found, i)];
    });
  };
  // Of four pairs that changed by one the strongest first; one that did not.
  expect(listed(leafCut(pets), 0)).toEqual([
    ["pug husky", 2, -1, 1],
    ["bus tabby", 1, -1, 1],
    ["tabby bus", 1, 1, 1],
    ["husky tabby", 1, -1, 1],
    ["husky pug", 3, 0, 0],
  ]);
  const signed = (flipped: boolean) =>
    listed(leafCut(pets), 0, { key: "fewer", flipped }).map(([, , by]) => by);
  expect(signed(false)).toEqual([-1, -1, -1, 0, 1]);
  expect(signed(true)).toEqual([1, 0, -1, -1, -1]);
  expect(listed(leafCut(pets), 1)).toHaveLength(4);
  expect(listed(leafCut(pets), 2)).toEqual([]);
  // Within dogs 5 errors, then 4.
  const groups = makeCut(pets, pets.levels[1]!.nodes);
  expect(listed(groups, 0)[0]).toEqual(["dog dog", 5, -1, 1]);
});

test("what changed in a row without samples, here or there, is not known", () => {
  const cut = leafCut(pets);
  const [here, there] = [petsEpoch, better].map(({ cells }) =>
    collapse(cells, cut, true),
  );
  // Nobody is a husky in the one, or in the other: two of five pairs are of it.
  const [none, all] = [
    [10, 0, 10, 10],
    [20, 20, 20, 20],
  ].map((samples) => Float64Array.from(samples));
  for (const samples of [
    { shown: none!, other: all! },
    { shown: all!, other: none! },
  ]) {
    const how = { least: 0, samples, tested: samples };
    const source = unite(cut, here!, there!, how);
    const pairs = pairsIn(pets, source, { rows: 0, columns: 0 });
    for (const key of ["change", "fewer"] as const) {
      for (const flipped of [false, true]) {
        const found = sortPairs(pets, petsEpoch, pairs, { key, flipped });
        const rows = Array.from(found.list, (_, i) => [
          pets.names[pairAt(found, i).rows],
          Number.isNaN(changeAt(found, i)),
          isUntestedAt(found, i),
          barAt(found, i) >= 0,
        ]);
        expect(rows.slice(-2)).toEqual([
          ["husky", true, true, true],
          ["husky", true, true, true],
        ]);
        expect(rows.slice(0, -2).map(([, unknown]) => unknown)).toEqual([
          false,
          false,
          false,
        ]);
        const csv = toCsv(pairRows(pets, petsEpoch, found)).split("\r\n");
        expect(csv.slice(-3, -1).every((row) => row.endsWith(","))).toBe(true);
      }
    }
  }
});

test("a pair that the first matrix does not have is listed, too", () => {
  const cut = leafCut(pets);
  const [here, there] = [better, petsEpoch].map(({ cells }) =>
    collapse(cells, cut, true),
  );
  const { cells, change } = unite(cut, here!, there!, { least: 0 });
  const placeIn = ({ row, column }: typeof cells) =>
    [...row].findIndex((each, k) => each === 1 && column[k] === 2);
  const at = placeIn(cells);
  expect(cells.count[at]).toBe(0);
  expect(change!.by[at]).toBe(1);
  // The other is the earlier one: the same counts, changes the other way.
  const how = { least: 0, isBackwards: true };
  const back = unite(cut, here!, there!, how);
  expect(back.cells.count[placeIn(back.cells)]).toBe(0);
  expect(back.change!.by[placeIn(back.cells)]).toBe(-1);
});

test("gains and losses are told apart, the largest first, tiny ones left out", () => {
  const by: Record<number, number> = { 3: 0.1, 4: -0.2, 6: 0.0004, 8: 0.3 };
  const found = gainsAndLosses(pets.leaves, (node) => by[node]!, 2);
  expect(found.gained.map(({ node }) => node)).toEqual([8, 3]);
  expect(found.lost).toEqual([{ node: 4, by: -0.2 }]);
  expect(gainsAndLosses(pets.leaves, (node) => by[node]!, 1).gained).toEqual([
    { node: 8, by: 0.3 },
  ]);
});

test("the groups in a group, or else its classes", () => {
  const cut = pets.levels[1]!.nodes;
  expect([...groupsIn(pets, cut, 0)]).toEqual([2, 5, 7]);
  expect([...groupsIn(pets, cut, 1)]).toEqual([2, 5]);
  expect([...groupsIn(pets, cut, 2)]).toEqual([3, 4]);
});

const groups = buildTree({
  parents: [-1, 0, 1, 1, 0],
  ids: ["all", "animal", "dog", "cat", "car"],
  names: ["all", "animal", "dog", "cat", "car"],
  labels: [-1, -1, 0, 1, 2],
  sizes: [2, 1, 1],
  levels: [],
});

test("classes go into the groups of a head; not the other way round", () => {
  const found = matchTrees(pets, groups, false, names);
  expect("to" in found && [...found.to]).toEqual([0, 0, 1, 2]);
  if (!("to" in found)) throw new Error(found.why);
  const head = realign(petsEpoch, found, groups);
  // 8 + 2 + 3 + 6 dogs called dogs; one went to the cats.
  expect([...head.cells.diagonal]).toEqual([19, 9, 9]);
  expect(head.total).toBe(40);
  expect(isWithin(pets, groups)).toBe(true);
  expect(matchTrees(groups, pets, false, names)).toEqual({
    why: "hier tells 3 groups apart, plain 4 classes.",
  });
});

test("groups that have numbers only are the same in one tree alone", () => {
  const numbered = buildTree(flat(["group 0", "group 1"], [2, 2]));
  expect("to" in matchTrees(numbered, numbered, true, names)).toBe(true);
  expect("why" in matchTrees(numbered, numbered, false, names)).toBe(true);
});

test("the diverging scale is centred at 0, even, and ends at round numbers", () => {
  const colours = {
    changes: ["#000000", "#808080", "#ffffff"],
    hairline: "#dddddd",
    strong: "#bbbbbb",
  };
  const scale = makeChangeScale(60, false, colours);
  expect(scale.high).toBe(60);
  expect(shadeOfChange(scale, 0)).toBe(127);
  expect(shadeOfChange(scale, 500)).toBe(254);
  expect(shadeOfChange(scale, -500)).toBe(0);
  expect(shadeOfChange(scale, 7) + shadeOfChange(scale, -7)).toBe(254);
  // log 2 / log 61 squared is 0.0284: pale. Half of the ramp is at a change of
  // 61 ** sqrt(0.5) - 1 = 17.3.
  expect(shadeOfChange(scale, 1)).toBe(127 + Math.round(0.0284 * 127));
  expect(shadeOfChange(scale, 17.3)).toBe(127 + 64);
  // The smallest share is not the grey of chance, which is in the middle.
  expect(shadeOfChange(scale, 1e-3)).toBe(128);
  expect(scale.shades[127]).toEqual([221, 221, 221]);
  // 0.45 of the way from #808080 to white, and one 127th of what is left.
  expect(scale.shades[128]).toEqual([186, 186, 186]);
  expect(changeTicks(scale)).toEqual([-60, -15, -4, 0, 4, 15, 60]);
  const highs = [0, 5, 28, 61, 1201].map(
    (largest) => makeChangeScale(largest, false, colours).high,
  );
  expect(highs).toEqual([4, 5, 30, 80, 1500]);
  // In shares of a row: 12.3 points, and 8.0 where sums round.
  const shares = [0.123, 0.08 + 1e-12].map(
    (largest) => makeChangeScale(largest, true, colours).high,
  );
  expect(shares).toEqual([0.15, 0.08]);
});

test("an epoch that is not there is stood in for by the one before", () => {
  const epochs = [{ step: 2 }, { step: 5 }, { step: 9 }].map((each) => ({
    ...each,
    wall_time: 0,
  }));
  expect(nearestEpoch(epochs, 5)?.step).toBe(5);
  expect(nearestEpoch(epochs, 8)?.step).toBe(5);
  expect(nearestEpoch(epochs, 1)?.step).toBe(2);
  expect(nearestEpoch([], 1)).toBeUndefined();
});
