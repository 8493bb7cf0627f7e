/** What the window and the filters leave out of the shown matrix. */

import { computed } from "@preact/signals";
import { findMissingClasses } from "../confusion/missingClasses.ts";
import {
  type DrawnRemainder,
  drawnCounts,
  type Part,
  remainderOf,
  sumsIn,
  totalsOf,
  wholeOf,
} from "../confusion/remainder.ts";
import type { Groups } from "../hierarchy/groups.ts";
import { groupAt } from "../hierarchy/groups.ts";
import * as view from "./all.ts";
import { isShared } from "./comparison/comparedEpoch.ts";

/** The groups that the window shows, in part at least. */
export const shownPart = computed<Part | null>(() => {
  const cut = view.placedCut.value;
  if (!cut) return null;
  const { x, y, span } = view.shownWindow.value;
  const within = (groups: Groups, from: number) =>
    [
      groupAt(groups, from + 1e-6),
      groupAt(groups, from + span - 1e-6) + 1,
    ] as const;
  return { rows: within(cut, y), columns: within(cut.columns, x) };
});

/** What is drawn, and all that is counted. */
const counted = computed(() => {
  const [shown, cut, epoch] = [
    view.cells.value,
    view.cut.value,
    view.epoch.value,
  ];
  if (!shown || !cut || !epoch) return null;
  return {
    shown,
    all: totalsOf(cut, epoch, view.shownCells.value === "errors"),
  };
});

/** What is left out of the shown matrix, whatever it is compared with. */
export const ownRemainder = computed<DrawnRemainder | null>(() => {
  const [found, part] = [counted.value, shownPart.value];
  const cut = view.placedCut.value;
  if (!found || !part || !cut) return null;
  const rest = remainderOf(found.all, found.shown, part);
  // Classes that are hidden between others have no place, nor a remainder.
  const seen = (sums: Float64Array, { edge }: Groups): Float64Array =>
    sums.map((sum, at) => (edge[at + 1]! > edge[at]! ? sum : 0));
  return drawnCounts({
    rows: seen(rest.rows, cut),
    columns: seen(rest.columns, cut.columns),
    total: rest.total,
  });
});

/** Of all that is counted, and what the filters leave of it. */
export const countedTotals = computed(() => {
  const found = counted.value;
  if (!found) return null;
  const { all, shown } = found;
  return { total: all.total, shown: sumsIn(shown, wholeOf(shown)).total };
});

/** The leaves that are missing on one axis, or on both. */
export const missingClasses = computed(() => {
  const [tree, epoch] = [view.tree.value, view.epoch.value];
  if (!tree || !epoch) return null;
  // What another run does not have is left out, and may well have samples.
  return findMissingClasses(tree, epoch.sums, (leaf) => isShared(tree, leaf));
});
