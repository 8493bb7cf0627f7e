/** What follows from the selection. */

import { computed } from "@preact/signals";
import type { Axis } from "../hierarchy/cuts.ts";
import {
  type Chosen,
  chosenOn,
  isWithin,
  kindOf,
  NOTHING,
  type Selection,
  type Span,
  spansOf,
} from "../hierarchy/selection.ts";
import { contains, type Tree } from "../hierarchy/tree.ts";
import { placesOn } from "./isolatedClasses.ts";
import { selection, shownWindow, tree } from "./page.ts";

export const selectedGroup = computed(() => {
  const { rows, columns, box } = selection.value;
  return rows === columns && !box ? rows : null;
});

/** The group that has curves over the epochs: that of a band, too. */
export const curvedGroup = computed(() => {
  const { rows, columns } = selection.value;
  const kind = kindOf(selection.value);
  return kind === "block" || kind === "rectangle" ? null : rows || columns;
});

/** The selection as marked: not while it is all there is to see. */
export const marked = computed<Selection>(() => {
  const current = tree.value;
  if (!current) return NOTHING;
  const { rows, columns } = spansOf(current, selection.value);
  const { x, y, span } = shownWindow.value;
  const fills = ([first, last]: Span, axis: Axis, from: number): boolean =>
    placesOn(axis)(current.leafEdges[first]!) <= from + 0.5 &&
    placesOn(axis)(current.leafEdges[last]!) >= from + span - 0.5;
  // The same object while nothing changes, so that nothing is drawn anew.
  return fills(rows, "rows", y) && fills(columns, "columns", x)
    ? NOTHING
    : selection.value;
});

/** What the trees show of it. */
export const chosenRows = computed(() => chosenOn("rows", marked.value));
export const chosenColumns = computed(() => chosenOn("columns", marked.value));

/** Whether a node is what is selected, one of its parts, or holds it. */
export function relationTo(
  current: Tree,
  node: number,
  { node: chosen, span }: Chosen,
): "self" | "part" | "holder" | null {
  if (node === chosen && node !== 0 && !span) return "self";
  if (isWithin(current, { node: chosen, span }, node)) return "part";
  return contains(current, node, chosen) && node !== 0 ? "holder" : null;
}
