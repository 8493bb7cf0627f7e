/** The pairs that one matrix or the other confuses, and how that differs. */

import { subtract } from "./changes.ts";
import { isOtherSize, other, samplesOf } from "./compared.ts";
import {
  type Cells,
  type Cut,
  collapse,
  isApart,
  sortByCount,
} from "./counts.ts";
import { recount } from "./filtering.ts";
import { keep, testOfClasses } from "./filters.ts";
import type { Source } from "./pairs.ts";
import * as view from "./view.ts";

/** Errors of the shown and of the other epoch between the groups of a cut. */
export function sourceOfBoth(cut: Cut): Source | null {
  const [tree, here, there] = [view.tree.value, view.epoch.value, other.value];
  const filters = view.filters.value;
  if (!tree || !here || !there || !filters) return null;
  const test = testOfClasses(tree, filters);
  const counted = recount.value;
  const [shown, second] = [
    counted?.cells ?? here.cells,
    counted?.other ?? there.cells,
  ].map((cells) => collapse(keep(cells, test), cut, true)) as [Cells, Cells];
  const isShare = isOtherSize.value;
  const samples = isShare ? samplesOf(cut, here, there) : undefined;
  // As in the matrix, what is left out by a count are changes.
  const least = !isShare && filters.least > 1 ? filters.least : 0;
  return unite(cut, shown, second, { samples, least });
}

/** Cells of both, with counts of the first. */
export function unite(
  cut: Cut,
  shown: Cells,
  second: Cells,
  how: { samples?: Parameters<typeof subtract>[2]; least: number },
): Source {
  const found = subtract(shown, second, how.samples, how.least);
  const { size, rowStart, row, column, change, diagonal } = found;
  const count = new Uint32Array(column.length);
  const counts = new Uint32Array(shown.width ?? size);
  for (let at = 0; at < size; at++) {
    const [first, last] = [shown.rowStart[at]!, shown.rowStart[at + 1]!];
    for (let k = first; k < last; k++) {
      counts[shown.column[k]!] = shown.count[k]!;
    }
    for (let k = rowStart[at]!; k < rowStart[at + 1]!; k++) {
      count[k] = counts[column[k]!]!;
    }
    for (let k = first; k < last; k++) counts[shown.column[k]!] = 0;
  }
  const by = new Float64Array(change.length + size);
  by.set(change);
  by.set(diagonal, change.length);
  const within = shown.diagonal.map((errors, group) =>
    how.least && !diagonal[group] ? 0 : errors,
  );
  return {
    cut,
    cells: {
      ...{ size, rowStart, row, column, count, diagonal: shown.diagonal },
      ...(shown.width ? { width: shown.width } : {}),
      weakestFirst: sortByCount(count),
    },
    within: isApart(cut) ? new Float64Array() : within,
    change: { by, isShare: how.samples !== undefined },
  };
}
