/** Samples in cells that the filters of the matrix leave out. */

import { type Cells, countAt } from "../../confusion/cells.ts";
import type { Filters, Test } from "../../confusion/filters.ts";
import type { Cut } from "../../hierarchy/groups.ts";
import type { Facts } from "../data/sampleFacts.ts";

/** The matrix as it is shown, and what it shows. */
export interface Drawn {
  cut: Cut;
  wanted: Cells;
  shown: Cells;
  errorsOnly: boolean;
}

/**
 * [N] which samples lie in cells that are shown.
 *
 * Right answers have none in a matrix of errors: there only filters on classes
 * leave them out. The cell of a sample may be empty, where samples are of
 * another epoch than the matrix: then it passes what a count of 0 passes.
 */
export function inShownCells(
  { trueLeaf: actual, predictedLeaf: predicted }: Facts,
  { cut, wanted, shown, errorsOnly }: Drawn,
  filters: Pick<Filters, "least" | "range">,
  ofClasses: Test | null,
): Uint8Array {
  const passesEmpty = filters.least <= 1 && filters.range.from <= 0;
  return Uint8Array.from(actual, (row, i) => {
    const column = predicted[i]!;
    if (ofClasses && !ofClasses(row, column, 1)) return 0;
    if (row === column && errorsOnly) return 1;
    const [down, across] = [cut.groupOf[row]!, cut.columns.groupOf[column]!];
    if (countAt(shown, down, across) > 0) return 1;
    return passesEmpty && countAt(wanted, down, across) === 0 ? 1 : 0;
  });
}
