import { describe, expect, test } from "vitest";
import {
  makeChangeScale,
  shadeOfChange,
} from "../../src/colour/changeScale.ts";
import type { Cells } from "../../src/confusion/cells.ts";
import {
  chanceOfLargest,
  flagsOfDrawn,
  leastPOfShares,
  leaveUntested,
  pOfShares,
  testChanges,
  testShares,
} from "../../src/confusion/chance/chance.ts";
import {
  leastFound,
  leastP,
  makeTests,
  pOfCounts,
} from "../../src/confusion/chance/countTest.ts";
import {
  changesOf,
  differenceOf,
  largestOf,
  subtract,
} from "../../src/confusion/difference.ts";
import { UNTESTED } from "../../src/confusion/pairs.ts";
import { LIGHT } from "../../src/ui/colours.ts";
import { drawnNumbers } from "../drawnNumbers.ts";

describe("two counts", () => {
  // Of keras_hier.analysis.evidence.exact_tests.binomial_p, and by hand.
  test.each([
    [0, 0, 0.5, 1],
    [5, 0, 0.5, 0.0625],
    [0, 6, 0.5, 0.03125],
    [88, 61, 0.5, 0.032822],
    [603, 610, 0.5, 0.863152],
    [3, 3, 0.5, 1],
    [2, 0, 0.25, 1],
    [0, 4, 0.25, 0.0078125],
    [40, 4, 0.2, 0.08802],
    [250_000, 252_000, 0.5, 0.004782],
  ])("%i and %i at %f", (first, second, share, p) => {
    expect(pOfCounts(first, second, share)).toBeCloseTo(p, 3);
  });

  test("can be too few to differ", () => {
    expect(leastP(5, 0.5)).toBe(0.0625);
    expect(leastP(6, 0.5)).toBe(0.03125);
    expect(leastP(0, 0.5)).toBe(1);
  });

  test.each([1, 6, 142, 10_600])(
    "of %i, one is found alone from so many where there were none",
    (cells) => {
      const found = (samples: number): number[] => {
        const tests = makeTests();
        tests.count(0, 0, samples, 100, 100);
        for (let at = 1; at < cells; at++) tests.count(at, 30, 30, 100, 100);
        const { tested, found } = tests.beyond();
        expect(tested).toBe(cells);
        return found;
      };
      expect(found(leastFound(cells))).toEqual([0]);
      if (cells > 1) expect(found(leastFound(cells) - 1)).toEqual([]);
    },
  );

  // Of keras_hier.analysis.evidence.exact_tests.proportions_p.
  test.each([
    [7, 10, 2, 10, 0.037628],
    [1, 2, 0, 100, 0.019608],
    [0, 3, 30, 30, 0.000183],
    [3, 5, 49, 50, 0.019821],
    [90, 100, 70, 100, 0.000402],
    [400, 1000, 1300, 3000, 0.064627],
    [9000, 10_000, 8900, 10_000, 0.021092],
    [70_000, 100_000, 71_000, 101_000, 0.145666],
  ])("%i of %i and %i of %i", (first, samples, second, others, p) => {
    expect(pOfShares(first, samples, second, others)).toBeCloseTo(p, 4);
    expect(pOfShares(second, others, first, samples)).toBeCloseTo(p, 4);
  });

  test("of few samples beside many are no news", () => {
    // Five standard errors, by the normal limit, and p is 0.039.
    const few = { right: [1, 1] as const, all: [2, 100] as const };
    const even = { right: [50, 50] as const, all: [100, 100] as const };
    const shares = [few, ...new Array(49).fill(even)];
    expect(testShares(shares).every((flag) => flag === 0)).toBe(true);
    // Those that cannot differ are no part of the family.
    const never = { right: [0, 1] as const, all: [3, 20] as const };
    const news = { right: [90, 79] as const, all: [100, 100] as const };
    const among = [news, ...new Array(50).fill(never)];
    expect(testShares(among)[0]).toBe(1);
    expect(leastPOfShares(0, 3, 1, 20)).toBeCloseTo(3 / 23, 9);
  });
});

/** A matrix from its rows. */
function cellsOf(rows: readonly (readonly number[])[]): Cells {
  const size = rows.length;
  const rowStart = [0];
  const [column, count]: number[][] = [[], []];
  rows.forEach((row, at) => {
    row.forEach((samples, to) => {
      if (to !== at && samples) {
        column!.push(to);
        count!.push(samples);
      }
    });
    rowStart.push(column!.length);
  });
  return {
    size,
    rowStart: Uint32Array.from(rowStart),
    column: Uint16Array.from(column!),
    count: Uint32Array.from(count!),
    diagonal: Uint32Array.from(rows, (row, at) => row[at]!),
  } as unknown as Cells;
}

const per = (samples: number[], others = samples) => ({
  shown: Float64Array.from(samples),
  other: Float64Array.from(others),
});

describe("a comparison", () => {
  const seeds = [
    cellsOf([
      [0, 610, 40],
      [52, 0, 31],
      [12, 3, 0],
    ]),
    cellsOf([
      [0, 603, 44],
      [47, 0, 35],
      [9, 5, 0],
    ]),
  ] as const;
  const samples = per([1000, 1000, 1000]);

  test("of two seeds has nothing beyond chance, and no full colour", () => {
    const changes = subtract(...seeds);
    const chance = testChanges(changes, samples, false);
    expect(chance.found).toBe(0);
    expect(chance.tested).toBe(6);
    const most = largestOf(changes, undefined, chance);
    expect(most).toBe(0);
    const ends = chanceOfLargest(changes, samples, false);
    expect(ends).toBeCloseTo(2 * Math.sqrt(610 + 603), 9);
    const scale = makeChangeScale(ends, false, LIGHT);
    expect(scale.high).toBe(80);
    const shade = shadeOfChange(scale, -7);
    expect(shade).toBeGreaterThan(50);
    expect(shade).toBeLessThan(127);
  });

  test("finds what differs, and colours by the largest of these", () => {
    const better = cellsOf([
      [0, 450, 40],
      [52, 0, 60],
      [12, 3, 0],
    ]);
    const changes = subtract(seeds[0], better);
    const chance = testChanges(changes, samples, false);
    expect(chance.found).toBe(2);
    const found = [...changes.change].filter((_, k) => chance.isBeyond[k]);
    expect(found).toEqual([-160, 29]);
    expect(largestOf(changes, undefined, chance)).toBe(160);
  });

  test("looks at rates where the numbers of samples differ", () => {
    const doubled = cellsOf([
      [0, 1220, 80],
      [104, 0, 62],
      [24, 6, 0],
    ]);
    const twice = per([1000, 1000, 1000], [2000, 2000, 2000]);
    const changes = subtract(seeds[0], doubled, twice);
    expect(testChanges(changes, twice, false).found).toBe(0);
    const counted = subtract(seeds[0], doubled);
    expect(testChanges(counted, samples, false).found).toBeGreaterThan(3);
  });

  test("of right answers is one of shares of their rows", () => {
    const here = cellsOf([
      [900, 100],
      [50, 950],
    ]);
    const there = cellsOf([
      [855, 145],
      [52, 948],
    ]);
    const rows = per([1000, 1000]);
    const chance = testChanges(subtract(here, there), rows, true);
    expect([...chance.isDiagonalBeyond]).toEqual([1, 0]);
    // As rare events 900 and 855 would be far from different.
    const asErrors = testChanges(subtract(here, there), rows, false);
    expect([...asErrors.isDiagonalBeyond]).toEqual([0, 0]);
  });

  test("without samples in a row tests nothing there", () => {
    const empty = per([1000, 0, 1000]);
    const chance = testChanges(subtract(...seeds), empty, false);
    expect(chance.tested).toBe(4);
  });

  test("of nothing but chance is rarely called different", () => {
    // 200 comparisons of 40 cells that are alike.
    const random = drawnNumbers(12345);
    const drawn = (): number => {
      let [k, p] = [0, Math.exp(-20)];
      for (let u = random(); u > p && k < 200; k++) {
        u -= p;
        p *= 20 / (k + 1);
      }
      return k;
    };
    let wrong = 0;
    for (let round = 0; round < 200; round++) {
      const rows = (): number[][] =>
        Array.from({ length: 7 }, (_, at) =>
          Array.from({ length: 7 }, (_, to) => (at === to ? 0 : drawn())),
        );
      const changes = subtract(cellsOf(rows()), cellsOf(rows()));
      const fair = per(Array(7).fill(1000) as number[]);
      if (testChanges(changes, fair, false).found) wrong++;
    }
    // At a rate of 5 % some 10 of 200, fewer since counts are discrete.
    expect(wrong).toBeLessThan(18);
  });
});

test("shares are tested together: one of many has to differ more", () => {
  const share = (before: number, after: number) => ({
    right: [before, after] as const,
    all: [100, 100] as const,
  });
  // p of 90 and 70 of 100 is 0.0004, of 90 and 79 0.034.
  const same = new Array(9).fill(share(50, 50));
  expect([...testShares([share(90, 70), share(90, 79)])]).toEqual([1, 1]);
  expect([...testShares([share(90, 70), share(90, 79), ...same])]).toEqual([
    1,
    ...new Array(10).fill(0),
  ]);
  // Of no samples nothing is known, and nothing is tested.
  const none = { right: [0, 5] as const, all: [0, 9] as const };
  expect([...testShares([none, share(90, 79)])]).toEqual([0, 1]);
  expect([...testShares([])]).toEqual([]);
});

describe("what is left out for its size", () => {
  // Every twelfth of 870 cells has 4 and 16 errors, p = 0.012, as one cell of
  // 83 may by chance; one has 20 and 60.
  const size = 30;
  const rowsOf = (rare: number, one: number) =>
    Array.from({ length: size }, (_, row) =>
      Array.from({ length: size }, (_, column) => {
        if (row === column) return 0;
        if (row === 0 && column === 1) return one;
        return (row * size + column) % 12 === 7 ? rare : 10;
      }),
    );
  const all = differenceOf(cellsOf(rowsOf(4, 20)), cellsOf(rowsOf(16, 60)));
  const samples = per(new Array(size).fill(1000));
  const whole = testChanges(all, samples, false);

  test("stays in the family that is tested", () => {
    expect([whole.tested, whole.found]).toEqual([870, 1]);
    for (const least of [1, 3, 6]) {
      const drawn = changesOf(all, least);
      const found = flagsOfDrawn(whole, drawn);
      expect([found.tested, found.found]).toEqual([whole.tested, whole.found]);
      expect(found.isBeyond).toHaveLength(drawn.change.length);
      // The flags are those of the same cells.
      drawn.change.forEach((_, k) => {
        const [row, column] = [drawn.row[k]!, drawn.column[k]!];
        const [from, to] = [all.rowStart[row]!, all.rowStart[row + 1]!];
        const at = all.column.subarray(from, to).indexOf(column) + from;
        expect(found.isBeyond[k]).toBe(whole.isBeyond[at]);
      });
    }
    // As if the largest changes were all there are, all of them are news.
    const largest = changesOf(all, 6);
    const alone = testChanges(largest, samples, false);
    expect(largest.change.length).toBeLessThan(100);
    expect(alone.found).toBe(largest.change.length);
  });

  test("of samples chosen by their answers nothing is tested", () => {
    const none = leaveUntested(all);
    expect([none.tested, none.found]).toEqual([0, 0]);
    expect(none.isBeyond.every((flag) => flag === UNTESTED)).toBe(true);
    expect(none.isDiagonalBeyond).toEqual(new Uint8Array(size).fill(UNTESTED));
  });
});
