/** Begins with what the link says, and follows what is chosen from then on. */

import { effect } from "@preact/signals";
import * as view from "../state/all.ts";
import {
  comparisonNumbers,
  isComparing,
} from "../state/comparison/comparedEpoch.ts";
import { awaitsNames } from "../state/filters.ts";
import type { LinkTexts } from "../state/link/address.ts";
import { awaited, ordering } from "../state/siblingOrder.ts";
import { loadCurves } from "./curves.ts";
import { lists } from "./epochs.ts";
import { orderFlatTrees, restoreOrder } from "./reorder.ts";
import { restoreAtOnce } from "./restoreLink.ts";
import { reload } from "./series.ts";
import { showStep } from "./showEpoch.ts";

export async function start(link: LinkTexts): Promise<void> {
  lists.again = () => void reload();
  restoreAtOnce(link);
  restoreOrder();
  effect(() => {
    view.step.value;
    view.epochs.value;
    ordering.value;
    awaited.value;
    awaitsNames.value;
    // Of several runs the mean is compared, and the sum shown.
    isComparing.value && comparisonNumbers.value;
    void showStep();
  });
  effect(() => {
    // What a server left open is asked for when it is back.
    view.looks.value;
    const tree = view.tree.value;
    const [group, followed] = [view.curvedGroup.value, view.trackedNodes.value];
    if (tree && view.epochs.value.length && !view.missingRun.value) {
      void loadCurves(tree, group, followed);
    }
  });
  orderFlatTrees();
  await reload();
}
