/** What comparisons add to a drawing: the other matrix, what is left out. */

import { computed } from "@preact/signals";
import { collapse } from "../../confusion/cells.ts";
import { makeScale } from "../../confusion/cellValues.ts";
import { makePicture } from "../../confusion/filters.ts";
import {
  type DrawnRemainder,
  drawnCounts,
  largestSize,
  remainderOf,
  totalsOf,
} from "../../confusion/remainder.ts";
import { points, signed } from "../../ui/format.ts";
import { palette } from "../../ui/theme.ts";
import * as view from "../all.ts";
import { recount } from "../filters.ts";
import { ownRemainder, shownPart } from "../remainder.ts";
import {
  changes,
  comparisonNumbers,
  inOrderOfChange,
  inShares,
  mismatch,
  otherEpoch,
  samplesOf,
} from "./comparedEpoch.ts";
import { arrangement } from "./comparison.ts";

const isWithoutRight = computed(() => view.shownCells.value === "errors");

/** Its cells at the level, whatever filters leave out. */
const cells = computed(() => {
  const [there, cut] = [otherEpoch.value, view.cut.value];
  return arrangement.value === "twins" && there && cut
    ? collapse(there.cells, cut, isWithoutRight.value)
    : null;
});

/** The other matrix beside the shown one, in the same colours. */
export const sideBySidePicture = computed<view.Twin | null>(() => {
  const [there, all] = [otherEpoch.value, cells.value];
  const [tree, cut] = [view.tree.value, view.cut.value];
  const [left, filters] = [view.scale.value, view.filters.value];
  if (!there || !all || !tree || !cut || !left || !filters) return null;
  const errorsOnly = isWithoutRight.value;
  const { value, curve, low, high } = left;
  const own = makeScale(value, there.sums, cut, palette.value, {
    curve,
    errorsOnly,
  });
  const scale = { ...own, low, high };
  const { shown } = makePicture(
    there.cells,
    { tree, cut, scale, all },
    filters,
    errorsOnly,
    recount.value?.other ?? there.cells,
  );
  return { epoch: there, cells: shown, scale };
});

const remainder = computed<DrawnRemainder | null>(() => {
  if (arrangement.value !== "one") return ofBothMatrices();
  if (mismatch.value !== null) return null;
  // Until the other has come, the matrix is the shown one's.
  return changes.value ? ofTheDifference() : ownRemainder.value;
});

/** Of each its own, in one scale. */
function ofBothMatrices(): DrawnRemainder | null {
  const [own, cut] = [ownRemainder.value, view.cut.value];
  const [second, part] = [sideBySidePicture.value, shownPart.value];
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

view.compared.value = { cells, picture: sideBySidePicture, remainder };
