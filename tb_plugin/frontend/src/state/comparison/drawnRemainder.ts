/** The sums that are left out of what is drawn: of one matrix, or of two. */

import { computed } from "@preact/signals";
import {
  type DrawnRemainder,
  drawnCounts,
  largestSize,
  remainderOf,
  totalsOf,
} from "../../confusion/remainder.ts";
import { points, signed } from "../../ui/format.ts";
import * as view from "../all.ts";
import { ownRemainder, shownPart } from "../remainder.ts";
import {
  changes,
  comparisonNumbers,
  inOrderOfChange,
  inShares,
  isComparing,
  mismatch,
  otherEpoch,
  samplesOf,
} from "./comparedEpoch.ts";
import { arrangement } from "./comparison.ts";

/** Null where everything is shown. */
export const drawnRemainder = computed<DrawnRemainder | null>(() => {
  if (!view.isPartial.value || view.layout.value.remainder.size <= 0)
    return null;
  if (!isComparing.value) return ownRemainder.value;
  if (arrangement.value !== "one") return ofBothMatrices();
  if (mismatch.value !== null) return null;
  // Until the other has come, the matrix is the shown one's.
  return changes.value ? ofTheDifference() : ownRemainder.value;
});

/** Of each its own, in one scale. */
function ofBothMatrices(): DrawnRemainder | null {
  const [own, cut] = [ownRemainder.value, view.cut.value];
  const [second, part] = [view.twin.value?.picture.value, shownPart.value];
  if (!own || !cut || !second || !part) return own;
  const all = totalsOf(cut, second.epoch, view.shownCells.value === "errors");
  const beside = drawnCounts(remainderOf(all, second.cells, part), own.most);
  return { ...own, most: beside.most, sideBySide: beside };
}

/** Points of a share in tenths. */
const LEAST_SHARE = 1 / 1000;

/** What is drawn and this add up to the change of all that is counted. */
function ofTheDifference(): DrawnRemainder | null {
  const [cut, here, there] = [
    view.cut.value,
    view.epoch.value,
    otherEpoch.value,
  ];
  const [drawn, part] = [changes.value, shownPart.value];
  const numbers = comparisonNumbers.value;
  if (!cut || !here || !there || !drawn || !part || !numbers) return null;
  const errorsOnly = view.shownCells.value === "errors";
  const perRow = inShares.value ? samplesOf(cut, here, there) : undefined;
  const [from, to] = inOrderOfChange(
    totalsOf(cut, here, errorsOnly),
    totalsOf(cut, there, errorsOnly),
  );
  const all = numbers.changeOfTotals(from, to, perRow);
  const width = cut.columns.nodes.length;
  const cells = { ...drawn, width, count: drawn.change };
  const rest = remainderOf(all, cells, part);
  const { rows } = rest;
  // Shares of different rows have no sum.
  const columns = perRow ? null : rest.columns;
  const unit = perRow ? LEAST_SHARE : 1;
  return {
    rows,
    columns,
    unit,
    most: Math.max(unit, largestSize(rows), columns ? largestSize(columns) : 0),
    write: perRow ? points : signed,
    sideBySide: null,
  };
}
