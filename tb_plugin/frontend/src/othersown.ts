/** What is left out of the shown matrix. */

import { whole } from "./format.ts";
import {
  type Margins,
  marginsOf,
  othersOf,
  totalsOf,
  wholeOf,
} from "./margins.ts";
import { type Others, part } from "./others.ts";
import * as view from "./view.ts";

/** Sums of samples as they are drawn. */
export function countsOf({ rows, columns }: Margins, most = 1): Others {
  return {
    ...{ rows, columns, most: Math.max(most, largest(rows), largest(columns)) },
    ...{ unit: 1, write: whole, twin: null },
  };
}

/** The largest size of any sum. */
export function largest(sums: Float64Array): number {
  return sums.reduce((most, sum) => Math.max(most, Math.abs(sum)), 0);
}

/** What is drawn, and all that is counted. */
function counted() {
  const [shown, cut, epoch] = [
    view.cells.value,
    view.cut.value,
    view.epoch.value,
  ];
  if (!shown || !cut || !epoch) return null;
  return { shown, all: totalsOf(cut, epoch, view.show.value === "errors") };
}

export function ownOthers(): Others | null {
  const found = counted();
  if (!found || !part.value) return null;
  return countsOf(othersOf(found.all, found.shown, part.value));
}

/** Of all that is counted, and what the filters leave of it. */
export function totals(): { total: number; shown: number } | null {
  const found = counted();
  if (!found) return null;
  const { all, shown } = found;
  return { total: all.total, shown: marginsOf(shown, wholeOf(shown)).total };
}
