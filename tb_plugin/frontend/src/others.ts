/** What the window and the filters leave out, and who knows of it. */

import { computed, effect, untracked } from "@preact/signals";
import { absences } from "./absences.ts";
import { comparing, isComparing } from "./compared.ts";
import type { Groups } from "./counts.ts";
import { otherRoom } from "./filtering.ts";
import { late } from "./late.ts";
import type { Part } from "./margins.ts";
import { groupAt } from "./matrix/pick.ts";
import { glideTo } from "./motion.ts";
import * as view from "./view.ts";

const parts = late(() => import("./partial.ts"));

/** What is needed while something is left out; null before it has come. */
export const partial = computed(() => (view.isPart.value ? parts() : null));

/** The groups that the window shows, in part at least. */
export const part = computed<Part | null>(() => {
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

/** Sums of what is left out, and how they are drawn. */
export interface Others {
  /** [G] of each row; of a comparison, how many more there are. */
  rows: Float64Array;
  /** Of each column; null where they mean nothing, as of shares of rows. */
  columns: Float64Array | null;
  /** The size that is drawn darkest, and what counts as one. */
  most: number;
  unit: number;
  write: (sum: number) => string;
  /** Those of the matrix beside. */
  twin: Others | null;
}

/** Null where everything is shown. */
export const others = computed<Others | null>(() => {
  const code = partial.value;
  if (!code || view.layout.value.other.size <= 0) return null;
  return isComparing.value
    ? (comparing.value?.othersOfBoth(code) ?? null)
    : code.ownOthers();
});

/** Brings or takes the room for them when filters come or go. */
export function followFilters(): void {
  effect(() => {
    const window = view.settledWindow.value;
    const isRoomy =
      view.otherRoomFor(window) === otherRoom.peek() &&
      view.headroomFor(window) === view.headroom.peek();
    if (!view.tree.value || isRoomy) return;
    if (!view.moving.peek()) untracked(() => glideTo(view.shownWindow.value));
  });
}

/** The leaves that are missing on one axis, or on both. */
export const lacking = computed(() => {
  const [tree, epoch] = [view.tree.value, view.epoch.value];
  return tree && epoch ? absences(tree, epoch.sums) : null;
});
