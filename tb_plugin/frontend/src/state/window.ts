/** The part of the matrix that is shown, and the room it is given. */

import { computed } from "@preact/signals";
import {
  classesOf,
  cutBelow,
  isLeaf,
  placesOf,
  type Tree,
  totalClasses,
} from "../hierarchy/tree.ts";
import { names, tree as treeColumns } from "../ui/drawing.ts";
import { measureAt, NEAREST } from "../ui/textFitting.ts";
import { arrangement, comparedRun } from "./comparison/comparison.ts";
import { isFiltered, remainderRoom } from "./filters.ts";
import { isMixed } from "./folds.ts";
import { axes, isolatedAxes, placedCut, placesOn } from "./isolatedClasses.ts";
import { columnsOfGroups, isCoarse, levelsInTree } from "./levels.ts";
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
  type TreeParts,
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
    { rows: treeRowsWithNames.value, columns: treeWidths.value },
  ),
);

/** Where places stand once the window has come to rest. */
export const settledPlace = computed(() => ({
  layout: layout.value,
  window: settledWindow.value,
  axes: axes.value,
}));

/** What stays where names and the *other* row come and go. */
export const pageFrame = computed<
  Pick<
    Layout,
    "width" | "compact" | "panel" | "map" | "caption" | "timeline" | "matrix"
  >
>(() => {
  const { width, height } = pageSize.value;
  return layoutFor(width, height, 0, arrangement.value);
});

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
  return Math.min(ROWS_WITH_NAMES, Math.max(0, namedLevel.value));
}

/** Size of the matrix without names above it. */
const usualSize = computed(() => pageFrame.value.matrix.size);

/** How many groups can have a line each beside the matrix. */
export const mostLines = computed(() => usualSize.value / names.sizePerName);

/** From this distance on all columns have names. */
const NAMED_PITCH = 11;

/** From this size on outlines show small groups. */
const LEAST_CELL = 4;

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
  if (!isWhole(window)) {
    const most = isCoarse.value
      ? usualSize.value / NAMED_PITCH
      : mostLines.value;
    return shown.length <= most ? HEADROOM : 0;
  }
  const named = columnsOfGroups.value[namedLevel.value];
  if (!named) return 0;
  const longest = [...named].map((node) => regular(current.names[node]!));
  // Groups may have names where cells are small, which then stay large enough.
  const spare =
    usualSize.value -
    Math.max(named.length * NEAREST, nodes.length * LEAST_CELL);
  return headroomForNames(Math.max(...longest), coarserRows(), spare);
}

/**
 * Which of the groups that may stand above the whole matrix have names there:
 * the finest of which all have room, -1 where the rows of the tree do.
 */
const namedLevel = computed(() => {
  const [current, levels] = [tree.value, columnsOfGroups.value];
  const most = usualSize.value / NAMED_PITCH;
  const at = levels.findLastIndex(({ length }) => length <= most);
  if (!current || at < 0) return -1;
  const perPlace = usualSize.value / fullWindow().span;
  const rows = levelsInTree.value;
  const fits = (node: number): boolean => fitsIn(current, node, perPlace);
  const isRow = at < rows.length && !isMixed.value;
  if (isRow && levels[at]!.every(fits)) return -1;
  if (at === levels.length - 1 || current.levels[at]?.name) return at;
  // Names in a row do where most of the axis has one.
  const isSparse = (nodes: Int32Array): boolean =>
    2 *
      nodes
        .filter(fits)
        .reduce((sum, node) => sum + classesOf(current, node), 0) <
    totalClasses(current);
  return rows.every(({ nodes }) => isSparse(nodes)) ? at : -1;
});

/** The groups that have names above the matrix as a whole. */
export const namedColumns = computed(() =>
  isWhole(settledWindow.value)
    ? columnsOfGroups.value[namedLevel.value]
    : undefined,
);

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
  const inside = (node: number): boolean => {
    const [low, high] = placesOf(current, node).map(placed);
    return low! <= y + 0.5 && high! >= y + span - 0.5;
  };
  let node = 0;
  for (let at = 1; at < current.parent.length; at++) {
    if (current.parent[at] === node && inside(at)) node = at;
  }
  return node;
});

/** The columns of the trees before anything is folded: groups of the focus. */
export const divided = computed<Int32Array[]>(() => {
  const current = tree.value;
  if (!current) return [];
  const node = focus.value;
  if (node === 0) {
    const coarse = levelsInTree.value.map(({ nodes }) => nodes);
    while (coarse.length < 3) coarse.push(coarse.at(-1)!);
    return coarse;
  }
  const classes = classesOf(current, node);
  const groups = (most: number): Int32Array =>
    cutBelow(current, node, classes * most).filter(
      (group) => !isLeaf(current, group),
    );
  return [Int32Array.of(node), groups(0.55), groups(0.225)];
});

/**
 * Widths that columns of the left tree need for their names, upright ones if
 * these fit; undefined where it has three columns, or too many names.
 */
const treeWidths = computed<TreeParts["columns"]>(() => {
  const [current, [first, second, third]] = [tree.value, divided.value];
  if (!current || !first) return undefined;
  if (isFlat.value) return [0, 0];
  const own = (nodes: Int32Array, outer: readonly number[]): number[] => {
    const known = new Set(outer);
    return [...nodes].filter(
      (node) => classesOf(current, node) > 1 && !known.has(node),
    );
  };
  const outer = own(first, []);
  const inner = own(second!, outer);
  const isDeep = own(third!, [...second!]).length > 0;
  if (isDeep || outer.length + inner.length > mostLines.value) return undefined;
  const widest = (nodes: number[]): number =>
    Math.ceil(
      12 + Math.max(0, ...nodes.map((at) => medium(current.names[at]!))),
    );
  const { firstColumn } = treeColumns;
  if (inner.length) return [firstColumn, widest(inner)];
  const perPlace = usualSize.value / settledWindow.value.span;
  const isUpright = outer.every((node) => fitsIn(current, node, perPlace));
  return [isUpright ? firstColumn : widest(outer), 0];
});

/** Whether the name of a group is not longer than its classes are. */
function fitsIn(current: Tree, node: number, perPlace: number): boolean {
  return (
    medium(current.names[node]!) + 10 <= perPlace * classesOf(current, node)
  );
}

/** Shows a part of the matrix at once. */
export function setWindow(window: Window): void {
  shownWindow.value = window;
  settledWindow.value = window;
  headroom.value = headroomFor(window);
  remainderRoom.value = remainderRoomFor(window);
}
