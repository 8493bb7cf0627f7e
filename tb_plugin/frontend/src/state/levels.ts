/** Which groups the rows and columns of the matrix stand for. */

import { computed } from "@preact/signals";
import { coarser, cutNodes } from "../hierarchy/cuts.ts";
import type { Cut } from "../hierarchy/groups.ts";
import { isAsymmetric, makeCut } from "../hierarchy/groups.ts";
import { nearestLevel } from "../hierarchy/tree.ts";
import { folds, isMixed } from "./folds.ts";
import { level, tree } from "./page.ts";

export const levelIndex = computed(() => {
  const levels = tree.value?.levels ?? [];
  // Links, and other runs, name levels that this tree may not have.
  return level.value > 0
    ? nearestLevel(levels, level.value)
    : levels.length - 1;
});

/**
 * The levels that the trees beside the matrix may show.
 *
 * Single classes have their names in the row labels, unless all are such.
 */
export const levelsInTree = computed(() => {
  const levels = tree.value?.levels ?? [];
  return levels.slice(0, Math.max(1, Math.min(3, levels.length - 1)));
});

/** The groups of the level, whatever is folded. */
export const levelNodes = computed(
  () => tree.value?.levels[levelIndex.value]?.nodes ?? null,
);

export const cut = computed<Cut | null>(() => {
  const [current, nodes] = [tree.value, levelNodes.value];
  if (!current || !nodes) return null;
  const { rows, columns } = folds.value;
  const down = cutNodes(current, nodes, rows);
  return makeCut(
    current,
    down,
    columns === rows ? down : cutNodes(current, nodes, columns),
  );
});

/** Whether some rows or columns stand for several classes. */
export const isCollapsed = computed(
  () =>
    tree.value !== null &&
    cut.value !== null &&
    Math.min(cut.value.nodes.length, cut.value.columns.nodes.length) <
      tree.value.leaves.length,
);

/** Whether all of them do, but for groups that were opened. */
export const isCoarse = computed(
  () => tree.value !== null && levelIndex.value < tree.value.levels.length - 1,
);

/** As many groups are followed over the epochs at once. */
const MOST_FOLLOWED = 40;

/** Whose recall the timeline follows: the level's, the coarsest if too many. */
export const trackedNodes = computed<readonly number[]>(() => {
  const levels = tree.value?.levels ?? [];
  const { nodes } = levels[levelIndex.value] ?? { nodes: [] };
  const isFew = isCoarse.value && nodes.length <= MOST_FOLLOWED;
  const chosen = isFew ? nodes : (levels[0]?.nodes ?? []);
  return [...chosen].slice(0, MOST_FOLLOWED);
});

function beside(nodes: Int32Array | undefined): Int32Array[] {
  const current = tree.value;
  if (!current || !nodes) return [];
  const levels = current.levels.slice(0, levelIndex.value + 1);
  if (!isMixed.value) return levels.map((level) => level.nodes);
  return [
    ...levels.map((level) => coarser(current, level.nodes, nodes)),
    nodes,
  ];
}

/** What may stand beside the matrix, coarse to fine: the last is the cut. */
export const rowsOfGroups = computed(() => beside(cut.value?.nodes));

/** The same above it. */
export const columnsOfGroups = computed(() =>
  cut.value && isAsymmetric(cut.value)
    ? beside(cut.value.columns.nodes)
    : rowsOfGroups.value,
);
