/** Which groups the rows and columns of the matrix stand for. */

import { computed } from "@preact/signals";
import { type Cut, makeCut } from "../counts.ts";
import { coarser, cutNodes } from "../cuts.ts";
import { folds, isMixed } from "../folding.ts";
import { level, tree } from "./state.ts";

export const levelIndex = computed(() => {
  const levels = tree.value?.levels ?? [];
  const at = levels.findIndex(({ groups }) => groups === level.value);
  return at < 0 ? levels.length - 1 : at;
});

/** The groups of the level, whatever is folded. */
export const levelNodes = computed(
  () => tree.value?.levels[levelIndex.value]?.nodes ?? null,
);

export const cut = computed<Cut | null>(() =>
  tree.value && levelNodes.value
    ? makeCut(tree.value, cutNodes(tree.value, levelNodes.value, folds.value))
    : null,
);

/** Whether some rows stand for several classes. */
export const isCollapsed = computed(
  () =>
    tree.value !== null &&
    cut.value !== null &&
    cut.value.nodes.length < tree.value.leaves.length,
);

/** Whether all of them do, but for groups that were opened. */
export const isCoarse = computed(
  () => tree.value !== null && levelIndex.value < tree.value.levels.length - 1,
);

/** What may stand beside the matrix, coarse to fine: the last is the cut. */
export const rowsOfGroups = computed<Int32Array[]>(() => {
  const current = tree.value;
  if (!current || !cut.value) return [];
  const { nodes } = cut.value;
  const levels = current.levels.slice(0, levelIndex.value + 1);
  if (!isMixed.value) return levels.map((level) => level.nodes);
  return [
    ...levels.map((level) => coarser(current, level.nodes, nodes)),
    nodes,
  ];
});
