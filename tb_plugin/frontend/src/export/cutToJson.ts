/** The cut on screen as `Hierarchy.from_json` and `cut(nodes=)` read it. */

import type { Cut, Groups } from "../hierarchy/groups.ts";
import { isAsymmetric } from "../hierarchy/groups.ts";
import type { Tree } from "../hierarchy/tree.ts";

/** What is said of a tree as a whole, and of each of its nodes. */
const OF_TREE = [
  "level_names",
  "origin",
  "origin_samples",
  "origin_errors",
  "inside",
  "inside_held_out",
  "inside_chance",
] as const;
const OF_NODES = ["support", "support_chance"] as const;

/**
 * The tree in the order shown, and the ids of the groups as `cut`.
 *
 * All of what was logged with the tree stays: that it was computed, and from
 * what, so that it never judges the same errors as if it were given.
 * Where columns are folded apart, `cut` has the rows and `cut_columns` theirs.
 */
export function cutToJson(tree: Tree, cut: Cut): string {
  const ids = ({ nodes }: Groups): string[] =>
    [...nodes].map((node) => tree.ids[node]!);
  const labels = new Int32Array(tree.ids.length).fill(-1);
  tree.leaves.forEach((node, position) => {
    labels[node] = tree.order[position]!;
  });
  const { json, logged } = tree;
  const more: Record<string, unknown> = {};
  for (const field of OF_TREE) more[field] = json[field];
  for (const field of OF_NODES) {
    const values = json[field];
    more[field] = values && [...logged].map((node) => values[node]);
  }
  return JSON.stringify({
    format: "keras-hier/hierarchy",
    version: 1,
    parents: [...tree.parent],
    ids: tree.ids,
    names: [...logged].map((node) => json.names[node]),
    labels: [...labels],
    ...more,
    cut: ids(cut),
    ...(isAsymmetric(cut) ? { cut_columns: ids(cut.columns) } : {}),
  });
}
