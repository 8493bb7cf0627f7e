/** Begins with what the link says, and follows what is chosen from then on. */

import { effect } from "@preact/signals";
import { restoreComparison } from "../compare.ts";
import { awaitsNames, restoreFilters, VALUES } from "../filtering.ts";
import { restoreFolds } from "../folding.ts";
import type { LinkedView } from "../link.ts";
import { restoreList } from "../listing.ts";
import { awaited, ordering } from "../ordering.ts";
import { restoreTab } from "../tab.ts";
import { restoreTimeline } from "../timeline.ts";
import * as view from "../view.ts";
import { loadCurves } from "./curves.ts";
import { restoreLater } from "./restore.ts";
import { reload } from "./series.ts";
import { showStep } from "./shown.ts";

export async function start(linked: LinkedView): Promise<void> {
  restoreLater(linked);
  view.value.value = VALUES.find((each) => each === linked.value) ?? "count";
  restoreFilters(linked);
  view.show.value = linked.show === "all" ? "all" : "errors";
  view.level.value = linked.level ?? 0;
  restoreList(linked);
  restoreComparison(linked);
  restoreTimeline(linked);
  restoreFolds(linked);
  restoreTab(linked);
  effect(() => {
    view.step.value;
    view.epochs.value;
    ordering.value;
    awaited.value;
    awaitsNames.value;
    void showStep();
  });
  effect(() => {
    const tree = view.tree.value;
    const [group, followed] = [view.curvedGroup.value, view.followed.value];
    if (tree && view.epochs.value.length) {
      void loadCurves(tree, group, followed);
    }
  });
  await reload();
}
