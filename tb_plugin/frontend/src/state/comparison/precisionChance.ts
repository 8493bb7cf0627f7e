/** Of which groups a change of precision is no news. */

import { computed } from "@preact/signals";
import * as view from "../all.ts";
import {
  comparisonNumbers,
  inOrderOfChange,
  isOfSets,
  otherEpoch,
} from "./comparedEpoch.ts";

/**
 * All groups of their level considered, as those of recall; of sets of runs,
 * whose counts differ by more than samples do, it is not tested.
 */
export const precisionWithinChance = computed<ReadonlySet<number>>(() => {
  const [tree, here, there] = [
    view.tree.value,
    view.epoch.value,
    otherEpoch.value,
  ];
  const code = comparisonNumbers.value;
  if (!tree || !here || !there || !code || isOfSets.value) {
    return new Set(tree?.logged.keys());
  }
  const [from, to] = inOrderOfChange(here.sums, there.sums);
  return code.precisionWithinChance(tree, from, to, view.levelIndex.value);
});
