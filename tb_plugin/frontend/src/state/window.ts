/** The part of the matrix that is shown, and the room it is given. */

import { computed } from "@preact/signals";
import { classesOf, type Tree, totalClasses } from "../hierarchy/tree.ts";
import { names } from "../ui/drawing.ts";
import { measureAt, NEAREST } from "../ui/textFitting.ts";
import { arrangement, comparedRun } from "./comparison/comparison.ts";
import { isFiltered, remainderRoom } from "./filters.ts";
import { isMixed } from "./folds.ts";
import { isolatedAxes, placedCut, placesOn } from "./isolatedClasses.ts";
import { isCoarse, levelIndex, levelsInTree } from "./levels.ts";
import {
  headroom,
  pageSize,
  restriction,
  settledWindow,
  shownWindow,
  tree,
  type Window,
} from "./page.ts";
import {
  HEADROOM,
  headroomForNames,
  type Layout,
  layoutFor,
  REMAINDER,
  ROWS_WITH_NAMES,
} from "./pageLayout.ts";

const regular = measureAt(11);
const medium = measureAt(11, 500);

export const layout = computed<Layout>(() =>
  layoutFor(
    pageSize.value.width,
    pageSize.value.height,
    headroom.value,
    arrangement.value,
    remainderRoom.value,
    comparedRun.value !== "",
    { rows: treeRowsWithNames.value, isFlat: isFlat.value },
  ),
);

/** Whether the trees would show nothing but classes. */
export const isFlat = computed(() => tree.value?.levels.length === 1);

/** Whether all classes are shown, in the room that each always has. */
function isWhole({ span }: Window): boolean {
  return span >= fullWindow().span - 1e-6 && !isolatedAxes.value;
}

/** Rows of the upper tree beside names of columns: what is coarser than these. */
export const treeRowsWithNames = computed(() =>
  isWhole(settledWindow.value) ? coarserRows() : ROWS_WITH_NAMES,
);

function coarserRows(): number {
  return Math.min(ROWS_WITH_NAMES, levelIndex.value);
}

/** Size of the matrix without names above it. */
const usualSize = computed(() => {
  const { width, height } = pageSize.value;
  return layoutFor(width, height, 0, arrangement.value).matrix.size;
});

/** How many groups can have a line each beside the matrix. */
export const mostLines = computed(() => usualSize.value / names.sizePerName);

/** From this distance on all columns have names. */
const NAMED_PITCH = 11;

/** Whether the columns are too many for names, were all of them classes. */
export const hasManyClasses = computed(
  () => (tree.value?.leaves.length ?? 0) * NAMED_PITCH > usualSize.value,
);

/** What a window leaves for the names of columns. */
export function headroomFor(window: Window): number {
  const [current, columns] = [tree.value, placedCut.value?.columns];
  if (!current || !columns || arrangement.value === "multiples") return 0;
  const { x, span } = window;
  const { nodes, edge } = columns;
  const shown = nodes.filter(
    (_, at) =>
      edge[at + 1]! > Math.max(edge[at]!, x) && edge[at]! < x + span - 1e-6,
  );
  if (!isWhole(window) && !isCoarse.value) {
    return shown.length <= mostLines.value ? HEADROOM : 0;
  }
  if (shown.length * NAMED_PITCH > usualSize.value) return 0;
  if (!isWhole(window)) return HEADROOM;
  if (areInTree(current, shown)) return 0;
  const longest = [...shown].map((node) => regular(current.names[node]!));
  const spare = usualSize.value - shown.length * NEAREST;
  return headroomForNames(Math.max(...longest), coarserRows(), spare);
}

/** Whether all of these are named in the rows of the tree above the matrix. */
function areInTree(current: Tree, nodes: Int32Array): boolean {
  const isRow = levelIndex.value < levelsInTree.value.length && !isMixed.value;
  const perPlace = usualSize.value / fullWindow().span;
  return (
    isRow &&
    [...nodes].every(
      (node) =>
        medium(current.names[node]!) + 10 <=
        perPlace * classesOf(current, node),
    )
  );
}

function leavesOut({ span }: Window): boolean {
  return (
    isFiltered.value ||
    restriction.value !== null ||
    span < fullWindow().span - 1e-6
  );
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

/** Whether a small matrix beside the large one says what is shown. */
export const showsMinimap = computed(
  () => headroom.value > 0 && !isWhole(settledWindow.value),
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
