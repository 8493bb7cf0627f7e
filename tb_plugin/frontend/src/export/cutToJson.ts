/** The cut on screen as `Hierarchy.from_json` and `cut(nodes=)` read it. */

import type { Cut, Groups } from "../hierarchy/groups.ts";
import { isAsymmetric } from "../hierarchy/groups.ts";
import type { Tree } from "../hierarchy/tree.ts";

/**
 * The tree in the order shown, and the ids of the groups as `cut`.
 *
 * Where columns are folded apart, `cut` has the rows and `cut_columns` theirs.
 */
export function cutToJson(tree: Tree, cut: Cut): string {
  const ids = ({ nodes }: Groups): string[] =>
    [...nodes].map((node) => tree.ids[node]!);
  const labels = new Int32Array(tree.ids.length).fill(-1);
  tree.leaves.forEach((node, position) => {
    labels[node] = tree.order[position]!;
  });
  return JSON.stringify({
    format: "keras-hier/hierarchy",
    version: 1,
    parents: [...tree.parent],
    ids: tree.ids,
    names: tree.names,
    labels: [...labels],
    cut: ids(cut),
    ...(isAsymmetric(cut) ? { cut_columns: ids(cut.columns) } : {}),
  });
}
