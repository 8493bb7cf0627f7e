/** What is left out of two matrices, or of their difference. */

import { changeOfTotals } from "./changes.ts";
import { arrangement } from "./compare.ts";
import {
  changes,
  inShares,
  mismatch,
  other,
  samplesOf,
  twin,
} from "./compared.ts";
import { points, signed } from "./format.ts";
import { type Others, part } from "./others.ts";
import type * as partial from "./partial.ts";
import * as view from "./view.ts";

/** How sums are made, which comes with what is left out. */
type Summing = Pick<
  typeof partial,
  "countsOf" | "largest" | "othersOf" | "ownOthers" | "totalsOf"
>;

export function othersOfBoth(by: Summing): Others | null {
  if (arrangement.value !== "one") return besideOneAnother(by);
  if (mismatch.value !== null) return null;
  // Until the other has come, the matrix is the shown one's.
  return changes.value ? ofTheDifference(by) : by.ownOthers();
}

/** Of each its own, in one scale. */
function besideOneAnother(by: Summing): Others | null {
  const [own, cut, second] = [by.ownOthers(), view.cut.value, twin.value];
  if (!own || !cut || !second || !part.value) return own;
  const all = by.totalsOf(cut, second.epoch, view.show.value === "errors");
  const rest = by.othersOf(all, second.cells, part.value);
  const beside = by.countsOf(rest, own.most);
  return { ...own, most: beside.most, twin: beside };
}

/** Points of a share in tenths. */
const LEAST_SHARE = 1 / 1000;

/** What is drawn and this add up to the change of all that is counted. */
function ofTheDifference(by: Summing): Others | null {
  const [cut, here, there] = [view.cut.value, view.epoch.value, other.value];
  const drawn = changes.value;
  if (!cut || !here || !there || !drawn || !part.value) return null;
  const errorsOnly = view.show.value === "errors";
  const perRow = inShares.value ? samplesOf(cut, here, there) : undefined;
  const all = changeOfTotals(
    by.totalsOf(cut, here, errorsOnly),
    by.totalsOf(cut, there, errorsOnly),
    perRow,
  );
  const width = cut.columns.nodes.length;
  const cells = { ...drawn, width, count: drawn.change };
  const rest = by.othersOf(all, cells, part.value);
  const { rows } = rest;
  // Shares of different rows have no sum.
  const columns = perRow ? null : rest.columns;
  const unit = perRow ? LEAST_SHARE : 1;
  return {
    ...{ rows, columns, unit, write: perRow ? points : signed, twin: null },
    most: Math.max(unit, by.largest(rows), columns ? by.largest(columns) : 0),
  };
}
