/** What the window and the filters leave out, and sums of shown blocks. */

import { computed, effect, untracked } from "@preact/signals";
import { absences } from "./absences.ts";
import { against } from "./compare.ts";
import type { Groups } from "./counts.ts";
import { otherRoom } from "./filtering.ts";
import {
  blockTotals,
  type Margins,
  marginsOf,
  othersOf,
  type Part,
  wholeOf,
} from "./filters.ts";
import { late } from "./late.ts";
import { groupAt } from "./matrix/pick.ts";
import { glideTo } from "./motion.ts";
import { contains } from "./tree.ts";
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

const margins = computed<Margins | null>(() => {
  const all = view.picture.value?.all;
  return all ? marginsOf(all, wholeOf(all)) : null;
});

/** Null where everything is shown. */
export const others = computed<Margins | null>(() => {
  const shown = view.cells.value;
  if (view.layout.value.other.size <= 0 || against.value) return null;
  if (!shown || !margins.value || !part.value) return null;
  return othersOf(margins.value, shown, part.value);
});

/** Of all that is counted, and what the filters leave of it. */
export const totals = computed(() => {
  const shown = view.cells.value;
  if (!shown || !margins.value) return null;
  const { total } = margins.value;
  return { total, shown: marginsOf(shown, wholeOf(shown)).total };
});

/** What is left out of the rows and of the columns of a node. */
export function othersOfNode(
  node: number,
): { rows: number; columns: number } | null {
  const [tree, cut, rest] = [view.tree.value, view.cut.value, others.value];
  if (!tree || !cut || !rest) return null;
  const sum = ({ nodes }: Groups, values: Float64Array): number =>
    nodes.reduce(
      (all, group, i) => all + (contains(tree, node, group) ? values[i]! : 0),
      0,
    );
  return { rows: sum(cut, rest.rows), columns: sum(cut.columns, rest.columns) };
}

export interface Blocks {
  nodes: readonly number[];
  /** Row by row. */
  totals: Float64Array;
}

/** Sub-blocks of the group that is zoomed to. */
export const blocks = computed<Blocks | null>(() => {
  const [tree, cut, shown] = [
    view.tree.value,
    view.cut.value,
    view.cells.value,
  ];
  if (!tree || !cut || !shown || against.value) return null;
  if (view.focus.value === 0 || view.isCollapsed.value) return null;
  const nodes = [...(view.columns.value[2] ?? [])].filter(
    (node) => !contains(tree, node, view.focus.value),
  );
  if (nodes.length < 2) return null;
  return { nodes, totals: blockTotals(shown, cut, tree, nodes) };
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
