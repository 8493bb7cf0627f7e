/** What changed in a node or a block, for numbers beside and over the matrix. */

import { sumBetween } from "../../confusion/blocks.ts";
import type { NodeChange } from "../../confusion/difference.ts";
import * as view from "../all.ts";
import {
  comparisonNumbers,
  inOrderOfChange,
  isOtherSize,
  otherEpoch,
} from "./comparedEpoch.ts";

/**
 * How a node came to fare otherwise; null while nothing is compared.
 *
 * Counts are NaN where numbers of samples differ: only shares compare then.
 */
export function changeOfNode(node: number): NodeChange | null {
  const [here, there] = [view.epoch.value, otherEpoch.value];
  if (!comparisonNumbers.value || !here || !there) return null;
  const [from, to] = inOrderOfChange(here.sums, there.sums);
  const change = comparisonNumbers.value.changeOf(from, to, node);
  if (!isOtherSize.value) return change;
  const not = Number.NaN;
  return {
    ...change,
    truePositives: not,
    wrongClass: not,
    falseNegatives: not,
    falsePositives: not,
  };
}

/** How many samples more a block came to have; null while it cannot be said. */
export function changeOfBlock(rows: number, columns: number): number | null {
  const [here, there, tree] = [
    view.epoch.value,
    otherEpoch.value,
    view.tree.value,
  ];
  if (!here || !there || !tree || isOtherSize.value) return null;
  const [from, to] = inOrderOfChange(here, there).map((epoch) =>
    sumBetween(tree, epoch, rows, columns),
  ) as [number, number];
  return to - from;
}
