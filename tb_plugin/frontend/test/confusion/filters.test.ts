import { expect, test } from "vitest";
import type { Cells } from "../../src/confusion/cells.ts";
import { makeScale, type Value } from "../../src/confusion/cellValues.ts";
import {
  EVERYTHING,
  type Filters,
  makePicture,
  type Picture,
} from "../../src/confusion/filters.ts";
import {
  type Part,
  remainderOf,
  sumsIn,
  wholeOf,
} from "../../src/confusion/remainder.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import { blockTotals } from "../../src/matrix/zoomed/subBlocks.ts";
import { pets, petsEpoch } from "../pets.ts";

const counts = ["#000000", "#ffffff"];
const none: Filters = {
  least: 1,
  range: EVERYTHING,
  relation: null,
  only: null,
};

function picture(
  filters: Partial<Filters>,
  { level = 2, value = "count" as Value, errorsOnly = true } = {},
): Picture {
  const cut = makeCut(pets, pets.levels[level]!.nodes);
  const { cells, sums } = petsEpoch;
  const scale = makeScale(value, sums, cut, { counts }, { errorsOnly });
  const parts = { tree: pets, cut, scale };
  return makePicture(cells, parts, { ...none, ...filters }, errorsOnly);
}

/** Cells as [row, column, count], the diagonal with them. */
function listed({ row, column, count, diagonal }: Cells): number[][] {
  const cells = [...count].map((n, k) => [row[k]!, column[k]!, n]);
  const right = [...diagonal].map((n, i) => [i, i, n]);
  return [...cells, ...right.filter(([, , n]) => n)];
}

//            pug husky tabby bus
//      pug    8     2     0   0
//      husky  3     6     1   0
//      tabby  0     0     9   1
//      bus    0     0     1   9

test("a smallest count keeps what reaches it", () => {
  expect(listed(picture({ least: 2 }).shown)).toEqual([
    [0, 1, 2],
    [1, 0, 3],
  ]);
  expect(listed(picture({ least: 3 }).shown)).toEqual([[1, 0, 3]]);
});

test("a range is of values, and includes its beginning alone", () => {
  const range = { from: 1, below: 3 };
  expect(picture({ range }).shown.count).toEqual(Uint32Array.of(2, 1, 1, 1));
  // Three huskies of ten, and two pugs of ten.
  const shares = picture(
    { range: { from: 0.2, below: 0.3 } },
    { value: "share" },
  );
  expect(listed(shares.shown)).toEqual([[0, 1, 2]]);
});

test("errors stay in a group, or leave it", () => {
  // Animals and vehicles: tabby and bus lie in different ones.
  const within = picture({ relation: { kind: "within", groups: 2 } });
  expect(listed(within.shown)).toEqual([
    [0, 1, 2],
    [1, 0, 3],
    [1, 2, 1],
  ]);
  const between = picture({ relation: { kind: "between", groups: 2 } });
  expect(listed(between.shown)).toEqual([
    [2, 3, 1],
    [3, 2, 1],
  ]);
  // Dogs are one group of three, so the tabby that was a husky's is out.
  const dogs = picture({ relation: { kind: "within", groups: 3 } });
  expect(dogs.shown.count).toEqual(Uint32Array.of(2, 3));
});

test("relations hold between classes also when groups are shown", () => {
  // Of animals 2 + 3 errors are between dogs, one is a tabby.
  const relation = { kind: "within", groups: 3 } as const;
  const groups = picture({ relation }, { level: 0 });
  expect(listed(groups.all)).toEqual([
    [0, 1, 1],
    [1, 0, 1],
    [0, 0, 6],
  ]);
  expect(listed(groups.shown)).toEqual([[0, 0, 5]]);
});

test("wanted classes bring their row and their column", () => {
  const tabby = picture({ only: Uint8Array.of(0, 0, 1, 0) });
  expect(listed(tabby.shown)).toEqual([
    [1, 2, 1],
    [2, 3, 1],
    [3, 2, 1],
  ]);
  const all = picture(
    { only: Uint8Array.of(0, 0, 1, 0) },
    { errorsOnly: false },
  );
  expect(listed(all.shown)).toContainEqual([2, 2, 9]);
  expect(listed(all.shown)).not.toContainEqual([3, 3, 9]);
});

test("weak cells stay before strong ones", () => {
  const { shown } = picture({ range: { from: 1, below: 3 } });
  const sorted = [...shown.weakestFirst].map((k) => shown.count[k]!);
  expect(sorted).toEqual([1, 1, 1, 2]);
  expect(shown.rowStart).toEqual(Uint32Array.of(0, 1, 2, 3, 4));
});

test("the others of a row and a column, by hand", () => {
  const { all, shown } = picture({ least: 2 });
  const others = remainderOf(sumsIn(all, wholeOf(all)), shown, wholeOf(all));
  expect(others.rows).toEqual(Float64Array.of(0, 1, 1, 1));
  expect(others.columns).toEqual(Float64Array.of(0, 0, 2, 1));
  expect(others.total).toBe(3);
  // Dogs alone: one husky leaves them, nobody comes in.
  const dogs: Part = { rows: [0, 2], columns: [0, 2] };
  const outside = remainderOf(sumsIn(all, wholeOf(all)), all, dogs);
  expect(outside.rows).toEqual(Float64Array.of(0, 1, 0, 0));
  expect(outside.columns).toEqual(Float64Array.of(0, 0, 0, 0));
  expect(outside.total).toBe(3);
});

test("blocks hold the sums of their cells", () => {
  const { all } = picture({});
  const cut = makeCut(pets, pets.levels[2]!.nodes);
  // Dogs, cats, cars: 5 errors among dogs, one husky a tabby, and the buses.
  const nodes = [...pets.levels[1]!.nodes];
  expect([...blockTotals(all, cut, pets, nodes)]).toEqual([
    5, 1, 0, 0, 0, 1, 0, 1, 0,
  ]);
  // Without the cars their row and column belong to no block.
  expect([...blockTotals(all, cut, pets, nodes.slice(0, 2))]).toEqual([
    5, 1, 0, 0,
  ]);
});
