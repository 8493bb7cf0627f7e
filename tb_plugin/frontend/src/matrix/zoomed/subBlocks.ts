/** Sums of the sub-blocks of the group that is zoomed to. */

import { computed } from "@preact/signals";
import type { Cells } from "../../confusion/cells.ts";
import type { Cut } from "../../hierarchy/groups.ts";
import { contains, type Tree } from "../../hierarchy/tree.ts";
import * as view from "../../state/all.ts";
import { comparedRun } from "../../state/comparison/comparison.ts";
import type { Blocks } from "../canvas/frame.ts";

const blocks = computed<Blocks | null>(() => {
  const [tree, cut, shown] = [
    view.tree.value,
    view.cut.value,
    view.cells.value,
  ];
  if (!tree || !cut || !shown || comparedRun.value) return null;
  if (view.focus.value === 0 || view.isCollapsed.value) return null;
  const nodes = [...(view.columns.value[2] ?? [])].filter(
    (node) => !contains(tree, node, view.focus.value),
  );
  if (nodes.length < 2) return null;
  return { nodes, totals: blockTotals(shown, cut, tree, nodes) };
});

/** Null where nothing is divided. */
export function shownBlocks(): Blocks | null {
  return blocks.value;
}

/** The sum of the cells between every two of a few groups, row by row. */
export function blockTotals(
  cells: Cells,
  cut: Cut,
  tree: Tree,
  nodes: readonly number[],
): Float64Array {
  const blockOf = new Int32Array(cells.size).fill(-1);
  for (let group = 0; group < cells.size; group++) {
    const first = tree.start[cut.nodes[group]!]!;
    blockOf[group] = nodes.findIndex(
      (node) => tree.start[node]! <= first && first < tree.stop[node]!,
    );
  }
  const totals = new Float64Array(nodes.length ** 2);
  for (let row = 0; row < cells.size; row++) {
    const block = blockOf[row]!;
    if (block < 0) continue;
    totals[block * (nodes.length + 1)]! += cells.diagonal[row]!;
    for (let k = cells.rowStart[row]!; k < cells.rowStart[row + 1]!; k++) {
      const other = blockOf[cells.column[k]!]!;
      if (other >= 0) totals[block * nodes.length + other]! += cells.count[k]!;
    }
  }
  return totals;
}
