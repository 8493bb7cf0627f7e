/** Of which groups a change of precision is no news. */

import { computed } from "@preact/signals";
import type { SharesOf } from "../../confusion/chance.ts";
import * as view from "../view.ts";
import {
  comparisonNumbers,
  inOrderOfChange,
  isOfSets,
  otherEpoch,
} from "./comparedEpoch.ts";

/**
 * All groups of their level considered, as those of recall; of sets of runs,
 * whose counts differ by more than samples do, it is not tested.
 *
 * Of the same samples different ones are named a group: the two are tested as
 * unrelated, whatever was logged.
 */
export const precisionWithinChance = computed<ReadonlySet<number>>(() => {
  const [tree, here, there] = [
    view.tree.value,
    view.epoch.value,
    otherEpoch.value,
  ];
  const found = new Set(tree?.logged.keys());
  const code = comparisonNumbers.value;
  if (!tree || !here || !there || !code || isOfSets.value) return found;
  const [from, to] = inOrderOfChange(here.sums, there.sums);
  const shown = view.levelIndex.value;
  // A group may be in several levels: the one on screen has the last word.
  const order = [...tree.levels.keys()].filter((at) => at !== shown);
  for (const at of [...order, shown]) {
    const nodes = [...(tree.levels[at]?.nodes ?? [])];
    const shares = nodes.map(
      (node): SharesOf => ({
        right: [from.truePositives[node]!, to.truePositives[node]!],
        all: [from.predictedCount[node]!, to.predictedCount[node]!],
      }),
    );
    const isBeyond = code.testShares(shares);
    nodes.forEach((node, i) => {
      if (isBeyond[i]) found.delete(node);
      else found.add(node);
    });
  }
  return found;
});
