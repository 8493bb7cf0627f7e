/** Which groups stand beside the matrix, and are outlined in it. */

import { computed } from "@preact/signals";
import { type Axis, isOutlined, underFolds } from "../hierarchy/cuts.ts";
import { classesOf, contains, placesOf, type Tree } from "../hierarchy/tree.ts";
import { folds, isAsymmetric, isMixed } from "./folds.ts";
import { placesOn } from "./isolatedClasses.ts";
import {
  columnsOfGroups,
  cut,
  isCoarse,
  isCollapsed,
  levelIndex,
  rowsOfGroups,
} from "./levels.ts";
import { headroom, hover, settledWindow, tree } from "./page.ts";
import {
  divided,
  focus,
  hasManyClasses,
  isFlat,
  layout,
  mostLines,
  namedColumns,
  treeRowsWithNames,
} from "./window.ts";

/**
 * The three columns of the trees: groups of the node in focus.
 *
 * None where the names beside the rows say the same.
 */
export const columns = computed<Int32Array[]>(() =>
  isFlat.value && layout.value.rowLabels ? [] : foldedOn("rows"),
);

/** The three rows of the tree above; where columns have names, coarser ones. */
export const topRows = computed<Int32Array[]>(() => {
  if (isFlat.value && hasManyClasses.value) return [];
  const rows = foldedOn(isAsymmetric.value ? "columns" : "rows");
  const isNamed = headroom.value > 0 && focus.value === 0;
  if (!rows.length || !isNamed) return rows;
  // The first of the three has no height then.
  const [first, second] = rows;
  if (treeRowsWithNames.value === 0) return [];
  return [first!, first!, treeRowsWithNames.value === 1 ? first! : second!];
});

function foldedOn(axis: Axis): Int32Array[] {
  const [current, groups] = [tree.value, cut.value];
  if (!current || !groups || !isMixed.value) return divided.value;
  const { nodes } = axis === "rows" ? groups : groups.columns;
  return divided.value.map((each) =>
    underFolds(current, each, nodes, folds.value[axis]),
  );
}

function shownIn(
  current: Tree,
  groups: readonly Int32Array[],
  axis: Axis,
  [from, span]: readonly [number, number],
): Int32Array {
  const placed = placesOn(axis);
  const fine = groups.map((nodes) =>
    nodes.filter((node) => {
      const [start, stop] = placesOf(current, node).map(placed) as [
        number,
        number,
      ];
      return stop > Math.max(start, from) && start < from + span;
    }),
  );
  const fitting = fine.filter(({ length }) => length <= mostLines.value);
  return fitting.at(-1) ?? fine[0]!;
}

/** The finest level whose groups can have a line each beside the matrix. */
export const rowLabelNodes = computed<Int32Array>(() => {
  const { y, span } = settledWindow.value;
  return tree.value
    ? shownIn(tree.value, rowsOfGroups.value, "rows", [y, span])
    : new Int32Array();
});

/** The same above it, or coarser where only such names have room. */
export const columnNodes = computed<Int32Array>(() => {
  const { x, span } = settledWindow.value;
  if (namedColumns.value) return namedColumns.value;
  return tree.value
    ? shownIn(tree.value, columnsOfGroups.value, "columns", [x, span])
    : new Int32Array();
});

function mixedOutlines(current: Tree): Int32Array[] {
  const rows =
    focus.value !== 0 && !isCoarse.value
      ? divided.value.slice(1)
      : current.levels.map(({ nodes }) => nodes);
  return rows
    .map((nodes) =>
      nodes.filter((node) => isOutlined(current, cut.value!, node)),
    )
    .filter(({ length }) => length > 0);
}

/** Rows of groups to outline, coarse to fine. */
export const outlines = computed<Int32Array[]>(() => {
  const current = tree.value;
  if (!current) return [];
  if (isMixed.value) return mixedOutlines(current);
  if (focus.value !== 0 && !isCollapsed.value) return columns.value.slice(1);
  return current.levels.slice(0, levelIndex.value).map(({ nodes }) => nodes);
});

/** The group of the row labels that holds the hovered row. */
export const hoveredGroup = computed(() => {
  const current = tree.value;
  const row = hover.value?.rows;
  if (!current || row === undefined) return null;
  const group = rowLabelNodes.value.find((node) =>
    contains(current, node, row),
  );
  return group ?? null;
});

/** Then their sizes say nothing. */
export const rowLabelsAreClasses = computed(
  () =>
    tree.value !== null &&
    rowLabelNodes.value.every((node) => classesOf(tree.value!, node) === 1),
);
