/** Where pairs come from while two epochs are compared. */

import { type Cells, collapse } from "../../confusion/cells.ts";
import { keep, testOfClasses } from "../../confusion/filters.ts";
import type { Source } from "../../confusion/pairs.ts";
import type { Cut } from "../../hierarchy/groups.ts";
import * as view from "../all.ts";
import { recount } from "../filters.ts";
import {
  cellTests,
  comparisonNumbers,
  difference,
  inShares,
  isEarlier,
  isOfChosenSamples,
  isOfSets,
  isOtherSize,
  otherEpoch,
  samplesOf,
} from "./comparedEpoch.ts";

/**
 * Errors of the shown and of the other epoch between the groups of a cut.
 *
 * @returns null while nothing is compared, or the other epoch has not come
 */
export function comparedPairs(cut: Cut): Source | null {
  const [tree, here, there] = [
    view.tree.value,
    view.epoch.value,
    otherEpoch.value,
  ];
  const [filters, numbers] = [view.filters.value, comparisonNumbers.value];
  if (!tree || !here || !there || !filters || !numbers) return null;
  const test = testOfClasses(tree, filters);
  const counted = recount.value;
  const [shown, second] = [
    counted?.cells ?? here.cells,
    counted?.other ?? there.cells,
  ].map((cells) => collapse(keep(cells, test), cut, true)) as [Cells, Cells];
  const isShare = isOtherSize.value;
  const tested = samplesOf(cut, here, there);
  // They may be what the matrix is drawn from.
  const areDrawn =
    cut === view.cut.value &&
    view.shownCells.value === "errors" &&
    inShares.value === isShare;
  // As in the matrix, what is left out by a count are changes.
  const least = !isShare && filters.least > 1 ? filters.least : 0;
  return numbers.unite(cut, shown, second, {
    ...(isShare ? { samples: tested } : {}),
    ...(isOfSets.value ? { tests: cellTests.value } : { tested }),
    isUntested: isOfChosenSamples.value,
    difference: areDrawn ? difference.value : null,
    least,
    isBackwards: isEarlier.value,
  });
}
