/** The part of the matrix that is shown, and the room it is given. */

import { computed } from "@preact/signals";
import { totalClasses } from "../hierarchy/tree.ts";
import { names } from "../ui/drawing.ts";
import { arrangement, comparedRun } from "./comparison/comparison.ts";
import { isFiltered, remainderRoom } from "./filters.ts";
import { isolatedAxes, placesOn } from "./isolatedClasses.ts";
import { isCoarse } from "./levels.ts";
import {
  headroom,
  pageSize,
  settledWindow,
  shownWindow,
  tree,
  type Window,
} from "./page.ts";
import { HEADROOM, type Layout, layoutFor, REMAINDER } from "./pageLayout.ts";

export const layout = computed<Layout>(() =>
  layoutFor(
    pageSize.value.width,
    pageSize.value.height,
    headroom.value,
    arrangement.value,
    remainderRoom.value,
    comparedRun.value !== "",
  ),
);

/** How many groups can have a line each beside the matrix. */
export const mostLines = computed(() => {
  const { width, height } = pageSize.value;
  return (
    layoutFor(width, height, 0, arrangement.value).matrix.size /
    names.sizePerName
  );
});

/** What a window leaves for the names of columns. */
export function headroomFor({ x, span }: Window): number {
  const current = tree.value;
  const isFull = span >= fullWindow().span - 1e-6;
  if (!current || (isFull && !isolatedAxes.value) || isCoarse.value) return 0;
  const places = isolatedAxes.value?.columns ?? current.leafEdges;
  let columns = 0;
  for (let at = 0; at + 1 < places.length; at++) {
    const [from, to] = [places[at]!, places[at + 1]!];
    if (to > Math.max(from, x) && from < x + span - 1e-6) columns++;
  }
  return columns <= mostLines.value ? HEADROOM : 0;
}

function leavesOut({ span }: Window): boolean {
  return isFiltered.value || span < fullWindow().span - 1e-6;
}

/** What it leaves for what it does not show. */
export function remainderRoomFor(window: Window): number {
  return leavesOut(window) ? REMAINDER : 0;
}

/** Whether something is left out, or still has room while that closes. */
export const isPartial = computed(
  () => remainderRoom.value > 0 || leavesOut(shownWindow.value),
);

export function fullWindow(): Window {
  return { x: 0, y: 0, span: tree.value ? totalClasses(tree.value) : 1 };
}

/** Keeps a window within the matrix, and no closer than two classes. */
export function clamp({ x, y, span }: Window): Window {
  const full = fullWindow().span;
  const size = Math.min(Math.max(span, Math.min(2, full)), full);
  const within = (at: number): number => Math.min(Math.max(at, 0), full - size);
  return { x: within(x), y: within(y), span: size };
}

export const isZoomed = computed(
  () => settledWindow.value.span < fullWindow().span - 1e-6,
);

/** The smallest node that holds every row that is shown. */
export const focus = computed(() => {
  const current = tree.value;
  if (!current || !isZoomed.value) return 0;
  const { y, span } = settledWindow.value;
  // Half a class of slack, so that zooming to a node focuses on it.
  const placed = placesOn("rows");
  const inside = (node: number): boolean =>
    placed(current.leafEdges[current.start[node]!]!) <= y + 0.5 &&
    placed(current.leafEdges[current.stop[node]!]!) >= y + span - 0.5;
  let node = 0;
  for (let at = 1; at < current.parent.length; at++) {
    if (current.parent[at] === node && inside(at)) node = at;
  }
  return node;
});

/** Shows a part of the matrix at once. */
export function setWindow(window: Window): void {
  shownWindow.value = window;
  settledWindow.value = window;
  headroom.value = headroomFor(window);
  remainderRoom.value = remainderRoomFor(window);
}
