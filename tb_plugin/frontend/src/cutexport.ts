/** The cut on screen as `Hierarchy.from_json` and `cut(nodes=)` read it. */

import type { Tree } from "./tree.ts";

/** The tree in the order shown, and the ids of the groups as `cut`. */
export function cutToJson(tree: Tree, nodes: Int32Array): string {
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
    cut: [...nodes].map((node) => tree.ids[node]!),
  });
}
