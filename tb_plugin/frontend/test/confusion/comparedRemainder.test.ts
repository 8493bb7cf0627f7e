import { expect, test } from "vitest";
import { collapse, type Epoch, readEpoch } from "../../src/confusion/cells.ts";
import { changeOfTotals, subtract } from "../../src/confusion/difference.ts";
import {
  EVERYTHING,
  type Filters,
  keep,
  testOfClasses,
} from "../../src/confusion/filters.ts";
import {
  type Part,
  type RemainderSums,
  remainderOf,
  sumsIn,
  totalsOf,
} from "../../src/confusion/remainder.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import { encode, pets, petsEpoch } from "../pets.ts";

// Here and there, and the change; of 10 samples each, but of 8 buses there:
//        pug husky tabby bus    pug husky tabby bus    pug husky tabby bus
// pug      8     2     0   0      9     1     0   0     +1    -1
// husky    3     6     1   0      5     4     1   0     +2    -2
// tabby    0     0     9   1      0     3     7   0           +3    -2  -1
// bus      0     0     1   9      2     0     0   6     +2          -1  -3
const there = readEpoch(
  encode(
    4,
    [2, 3, 2, 2],
    [0, 1, 1, 0, 0, 1, 0, 1, 1],
    [6, 2, 4, 5, 1, 1, 9, 3, 7],
  ),
  pets,
);

interface Choice {
  filters?: Partial<Filters>;
  level?: number;
  errorsOnly?: boolean;
  inShares?: boolean;
  part?: Part;
}

/** What is drawn of the difference, what is left out of it, and all of it. */
function difference(
  choice: Choice,
): Record<"seen" | "others" | "all", RemainderSums> {
  const { level = 2, errorsOnly = true, inShares = false } = choice;
  const filters = {
    least: 1,
    range: EVERYTHING,
    relation: null,
    only: null,
    ...choice.filters,
  };
  const cut = makeCut(pets, pets.levels[level]!.nodes);
  const [here, second] = [petsEpoch, there].map(({ cells }) =>
    collapse(keep(cells, testOfClasses(pets, filters)), cut, errorsOnly),
  );
  const samples = ({ sums }: Epoch): Float64Array =>
    Float64Array.from(cut.nodes, (node) => sums.support[node]!);
  const perRow = inShares
    ? { shown: samples(petsEpoch), other: samples(there) }
    : undefined;
  const drawn = subtract(
    here!,
    second!,
    perRow,
    inShares ? undefined : filters.least,
  );
  const size = cut.nodes.length;
  const part = choice.part ?? { rows: [0, size], columns: [0, size] };
  const all = changeOfTotals(
    totalsOf(cut, petsEpoch, errorsOnly),
    totalsOf(cut, there, errorsOnly),
    perRow,
  );
  const cells = { ...drawn, count: drawn.change };
  return {
    seen: sumsIn(cells, part),
    all,
    others: remainderOf(all, cells, part),
  };
}

test("what a zoom leaves out of a difference, by hand", () => {
  // Dogs alone: outside, tabbies that became huskies, and buses pugs.
  const part: Part = { rows: [0, 2], columns: [0, 2] };
  const { seen, others, all } = difference({ part });
  expect([...seen.rows]).toEqual([-1, 2, 0, 0]);
  expect([...others.rows]).toEqual([0, 0, 0, 0]);
  expect([...others.columns]).toEqual([2, 3, 0, 0]);
  expect([...all.columns]).toEqual([4, 2, -1, -1]);
  expect(others.total).toBe(12 - 8 - 1);
  // Huskies and tabbies named dogs: out of sight the column of buses, and
  // the rows of pugs and buses.
  const wide = difference({ part: { rows: [1, 3], columns: [0, 2] } });
  expect([...wide.others.rows]).toEqual([0, 0, -1, 0]);
  expect([...wide.others.columns]).toEqual([2, -1, 0, 0]);
});

test("small changes are in it, and may cancel one another", () => {
  const { seen, others } = difference({ filters: { least: 2 } });
  expect([...seen.rows]).toEqual([0, 2, 3, 2]);
  // Of tabbies -1; of buses -1.
  expect([...others.rows]).toEqual([-1, 0, -1, -1]);
  expect([...others.columns]).toEqual([0, -1, -1, -1]);
  const three = difference({ filters: { least: 3 } });
  // The row of buses lost one tabby and won two pugs.
  expect([...three.others.rows]).toEqual([-1, 2, -1, 1]);
});

test("with right answers rows of as many samples change by nothing", () => {
  const { others, all } = difference({
    errorsOnly: false,
    filters: { least: 3 },
  });
  expect([...all.rows]).toEqual([0, 0, 0, -2]);
  // Of pugs and huskies nothing is drawn; of tabbies +3, of buses -3.
  expect([...others.rows]).toEqual([0, 0, -3, 1]);
});

test("shares of a row without samples do not change", () => {
  const [shown, other] = [2, 3].map((sum) => ({
    rows: Float64Array.of(sum),
    columns: Float64Array.of(sum),
    total: sum,
  }));
  const found = changeOfTotals(shown!, other!, {
    shown: Float64Array.of(0),
    other: Float64Array.of(4),
  });
  expect([...found.rows]).toEqual([0]);
});
