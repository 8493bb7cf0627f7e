/** The pairs that one matrix or the other confuses, and how that differs. */

import type { Cut } from "../hierarchy/groups.ts";
import { isAsymmetric } from "../hierarchy/groups.ts";
import { type Cells, countsLike, sortByCount } from "./cells.ts";
import {
  type CellTests,
  type Chance,
  flagChanges,
  flagsOfDrawn,
  leaveUntested,
  testChanges,
} from "./chance/chance.ts";
import {
  type Changes,
  changesOf,
  type Difference,
  differenceOf,
} from "./difference.ts";
import { type Source, UNTESTED } from "./pairs.ts";

type Samples = NonNullable<Parameters<typeof differenceOf>[2]>;

interface How {
  /** How the two differ, where that is known already. */
  difference?: Difference | null;
  /** Samples of each row of what changes from and to, for its shares. */
  samples?: Samples;
  /** The same, to tell changes from chance. */
  tested?: Samples;
  /** In their place, what is known of sets of runs; null while nothing is. */
  tests?: CellTests | null;
  /** Whether no test would hold: samples were chosen by their answers. */
  isUntested?: boolean;
  least: number;
  /** Whether changes lead from the second to the shown cells. */
  isBackwards?: boolean;
}

/** Flags of the cells, and then of the diagonal: it holds errors, too. */
function flagsOf({ isBeyond, isDiagonalBeyond }: Chance): Uint8Array {
  const flags = new Uint8Array(isBeyond.length + isDiagonalBeyond.length);
  flags.set(isBeyond);
  flags.set(isDiagonalBeyond, isBeyond.length);
  return flags;
}

/** What is known of the cells that are drawn, of all that were compared. */
function chanceOf(
  { isUntested, tested, tests }: How,
  cut: Cut,
  all: Difference,
  drawn: Changes | null,
): Chance | null {
  const found = drawn ?? all;
  if (isUntested) return leaveUntested(found);
  if (tested) {
    const ofAll = testChanges(all, tested, false);
    return drawn ? flagsOfDrawn(ofAll, drawn) : ofAll;
  }
  return tests === undefined ? null : flagChanges(found, cut, tests, null);
}

/** Cells of both, with counts of the first. */
export function unite(cut: Cut, shown: Cells, second: Cells, how: How): Source {
  const [from, to] = how.isBackwards ? [second, shown] : [shown, second];
  const all = how.difference ?? differenceOf(from, to, how.samples);
  const drawn = how.least ? changesOf(all, how.least) : null;
  const found = drawn ?? all;
  const { size, rowStart, row, column, change, diagonal } = found;
  const count = countsLike(shown.count, column.length);
  count.set(how.isBackwards ? found.after : found.before);
  const by = new Float64Array(change.length + size);
  by.set(change);
  by.set(diagonal, change.length);
  const chance = chanceOf(how, cut, all, drawn);
  const flags = chance && flagsOf(chance);
  // Where one of the two has no samples, nobody knows what changed.
  const rowAt = (k: number): number => row[k] ?? k - row.length;
  for (let k = 0; how.samples && k < by.length; k++) {
    const { shown: here, other: there } = how.samples;
    if (here[rowAt(k)] && there[rowAt(k)]) continue;
    by[k] = Number.NaN;
    if (flags) flags[k] = UNTESTED;
  }
  const within = shown.diagonal.map((errors, group) =>
    how.least && !diagonal[group] ? 0 : errors,
  );
  return {
    cut,
    cells: {
      size,
      rowStart,
      row,
      column,
      count,
      diagonal: shown.diagonal,
      ...(shown.width ? { width: shown.width } : {}),
      weakestFirst: sortByCount(count),
    },
    within: isAsymmetric(cut) ? new Float64Array() : within,
    change: {
      by,
      isShare: how.samples !== undefined,
      ...(flags ? { isBeyond: flags } : {}),
    },
  };
}
