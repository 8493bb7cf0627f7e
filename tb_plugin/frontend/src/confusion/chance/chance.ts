/** Which changes of a comparison are more than chance. */

import type { Cut } from "../../hierarchy/groups.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import type { CellTest } from "../../server/significance.ts";
import type { Sums } from "../cells.ts";
import type { BeyondChance, Changes, Difference } from "../difference.ts";
import { UNTESTED } from "../pairs.ts";
import {
  logFactorial,
  makeTests,
  NEGLIGIBLE,
  RATE,
  type Tests,
} from "./countTest.ts";

export interface Chance extends BeyondChance {
  /** Cells that had enough samples to differ at all, and those that do. */
  tested: number;
  found: number;
  /** Cells that changed and were not tested: of groups folded by hand. */
  untested?: number;
}

/**
 * Tests every cell by its two counts, corrected for all that are tested.
 *
 * Samples are taken as unrelated, which misses some changes and invents none.
 *
 * @param holdsRight whether the diagonal has right answers: shares of the row
 */
export function testChanges(
  changes: Difference,
  perRow: { shown: Float64Array; other: Float64Array },
  holdsRight: boolean,
): Chance {
  const { size, rowStart, before, after, diagonalBefore, diagonalAfter } =
    changes;
  const cells = changes.change.length;
  const tests = makeTests();
  const test = (at: number, row: number, from: number, to: number): void =>
    tests.count(at, from, to, perRow.shown[row]!, perRow.other[row]!);
  for (let row = 0; row < size; row++) {
    for (let k = rowStart[row]!; k < rowStart[row + 1]!; k++) {
      test(k, row, before[k]!, after[k]!);
    }
    const [from, to] = [diagonalBefore[row]!, diagonalAfter[row]!];
    if (!holdsRight) {
      test(cells + row, row, from, to);
      continue;
    }
    const [here, there] = [perRow.shown[row]!, perRow.other[row]!];
    if (!here || !there) continue;
    addShares(tests, cells + row, from, here, to, there);
  }
  const isBeyond = new Uint8Array(cells);
  const isDiagonalBeyond = new Uint8Array(size);
  const { tested, found } = tests.beyond();
  for (const at of found) {
    if (at < cells) isBeyond[at] = 1;
    else isDiagonalBeyond[at - cells] = 1;
  }
  return { isBeyond, isDiagonalBeyond, tested, found: found.length };
}

/** Flags of drawn cells; the family of tests stays that of all cells. */
export function flagsOfDrawn(
  of: Chance,
  { place }: Pick<Changes, "place">,
): Chance {
  return { ...of, isBeyond: Uint8Array.from(place, (k) => of.isBeyond[k]!) };
}

/**
 * Tests nothing: no test holds for samples that were chosen by their answers.
 */
export function leaveUntested({ change, diagonal }: Difference): Chance {
  return {
    isBeyond: new Uint8Array(change.length).fill(UNTESTED),
    isDiagonalBeyond: new Uint8Array(diagonal.length).fill(UNTESTED),
    tested: 0,
    found: 0,
  };
}

/** Which cells differ, by the nodes of their row and column. */
export interface CellTests {
  tested: number;
  /** As in `BeyondChance`: what is no cell of the level was not tested. */
  flagOf: (row: number, column: number) => number;
}

/** Reads which cells of a level the source has found. */
export function testsOfCells(
  { levels, logged }: Tree,
  { level, tested, rows, columns }: CellTest,
): CellTests {
  const nodes = (levels[level]?.nodes ?? new Int32Array()).toSorted(
    (a, b) => logged[a]! - logged[b]!,
  );
  const keyOf = (row: number, column: number): number =>
    row * logged.length + column;
  const found = new Set(
    rows.map((row, i) => keyOf(nodes[row]!, nodes[columns[i]!]!)),
  );
  const own = new Set(nodes);
  const flagOf = (row: number, column: number): number => {
    if (!own.has(row) || !own.has(column)) return UNTESTED;
    return found.has(keyOf(row, column)) ? 1 : 0;
  };
  return { tested, flagOf };
}

/**
 * Flags changes known to be beyond chance; `right` is null for errors alone.
 */
export function flagChanges(
  { change, row, column, diagonal }: Difference,
  { nodes, columns }: Cut,
  tests: CellTests | null,
  right: ReadonlySet<number> | null,
): Chance {
  const isBeyond = new Uint8Array(change.length);
  const isDiagonalBeyond = new Uint8Array(diagonal.length);
  let [found, untested] = [0, 0];
  const count = (flag: number, isChanged: boolean): number => {
    if (flag === 1) found++;
    if (flag === UNTESTED && isChanged) untested++;
    return flag;
  };
  if (tests) {
    for (let k = 0; k < change.length; k++) {
      const [from, to] = [nodes[row[k]!]!, columns.nodes[column[k]!]!];
      isBeyond[k] = count(tests.flagOf(from, to), true);
    }
    nodes.forEach((node, at) => {
      const own = tests.flagOf(node, node);
      const flag = right && own !== UNTESTED ? (right.has(node) ? 0 : 1) : own;
      isDiagonalBeyond[at] = count(flag, diagonal[at] !== 0);
    });
  }
  const tested = tests?.tested ?? 0;
  return { isBeyond, isDiagonalBeyond, tested, found, untested };
}

/** Two shares: right ones of all, before and after. */
export interface SharesOf {
  right: readonly [number, number];
  all: readonly [number, number];
}

/** Flags of the shares that differ beyond chance, corrected for all of them. */
export function testShares(shares: readonly SharesOf[]): Uint8Array {
  const tests = makeTests();
  shares.forEach(({ right, all }, at) => {
    if (!all[0] || !all[1]) return;
    addShares(tests, at, right[0], all[0], right[1], all[1]);
  });
  const isBeyond = new Uint8Array(shares.length);
  for (const at of tests.beyond().found) isBeyond[at] = 1;
  return isBeyond;
}

/**
 * Nodes whose precision changed within chance, all of their level considered.
 *
 * @param shown the level on screen, which has the last word on its groups
 */
export function precisionWithinChance(
  { levels, logged }: Tree,
  from: Sums,
  to: Sums,
  shown: number,
): Set<number> {
  const found = new Set(logged.keys());
  const order = [...levels.keys()].filter((at) => at !== shown);
  for (const at of [...order, shown]) {
    const nodes = [...(levels[at]?.nodes ?? [])];
    const shares = nodes.map(
      (node): SharesOf => ({
        right: [from.truePositives[node]!, to.truePositives[node]!],
        all: [from.predictedCount[node]!, to.predictedCount[node]!],
      }),
    );
    const isBeyond = testShares(shares);
    nodes.forEach((node, i) => {
      if (isBeyond[i]) found.delete(node);
      else found.add(node);
    });
  }
  return found;
}

/**
 * Two standard errors of the most variable cell, where colours end at least.
 */
export function chanceOfLargest(
  { size, rowStart, before, after, diagonalBefore, diagonalAfter }: Difference,
  perRow: { shown: Float64Array; other: Float64Array },
  isShare: boolean,
): number {
  let most = 0;
  const see = (row: number, both: number): void => {
    const [here, there] = [perRow.shown[row]!, perRow.other[row]!];
    if (!here || !there) return;
    const variance = isShare
      ? (both / (here + there)) * (1 / here + 1 / there)
      : both;
    most = Math.max(most, variance);
  };
  for (let row = 0; row < size; row++) {
    for (let k = rowStart[row]!; k < rowStart[row + 1]!; k++) {
      see(row, before[k]! + after[k]!);
    }
    see(row, diagonalBefore[row]! + diagonalAfter[row]!);
  }
  return 2 * Math.sqrt(most);
}

/** Above this variance of right answers a share is normal: 100 on each side. */
const NORMAL = 10_000;

/** Fisher’s exact test, mid-p, as `proportions_p` of the library. */
export function pOfShares(
  first: number,
  samples: number,
  second: number,
  others: number,
): number {
  const [right, all] = [first + second, samples + others];
  const both = right / all;
  const variance = (samples * others * both * (1 - both)) / all;
  if (variance > NORMAL) {
    const by = Math.abs(second / others - first / samples);
    const error = Math.sqrt(both * (1 - both) * (1 / samples + 1 / others));
    return twoSided(by / error);
  }
  const tail =
    first * others >= second * samples
      ? midTail(first, samples, right, all)
      : midTail(second, others, right, all);
  return Math.min(2 * Math.min(tail, 1 - tail), 1);
}

/** The smallest p that two shares of as many right answers could have. */
export function leastPOfShares(
  first: number,
  samples: number,
  second: number,
  others: number,
): number {
  const right = first + second;
  const fewest = Math.max(right - others, 0);
  const most = Math.min(right, samples);
  return Math.min(
    pOfShares(fewest, samples, right - fewest, others),
    pOfShares(most, samples, right - most, others),
  );
}

/** P(X > from) and half of P(X = from) of a hypergeometric above its mean. */
function midTail(
  from: number,
  samples: number,
  right: number,
  all: number,
): number {
  const rest = all - samples - right;
  let term = Math.exp(
    logChoose(samples, from) +
      logChoose(all - samples, right - from) -
      logChoose(all, right),
  );
  let sum = -term / 2;
  const most = Math.min(samples, right);
  for (let x = from; x <= most && term > sum * NEGLIGIBLE; x++) {
    sum += term;
    term *= ((samples - x) / (x + 1)) * ((right - x) / (rest + x + 1));
  }
  return sum;
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** Abramowitz and Stegun, 7.1.26: within 1.5e-7. */
function twoSided(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) *
      t +
      0.254829592) *
    t;
  return series * Math.exp(-x * x);
}

/** Adds two shares, unless so many right answers cannot differ. */
function addShares(
  tests: Tests,
  at: number,
  ...counts: Parameters<typeof pOfShares>
): void {
  const p = pOfShares(...counts);
  if (p <= RATE || leastPOfShares(...counts) <= RATE) tests.add(at, p);
}
