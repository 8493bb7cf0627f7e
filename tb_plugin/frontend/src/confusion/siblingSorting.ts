/** Sorts the siblings of a tree by their ranks. */

import { buildTree, childrenOf, type Tree } from "../hierarchy/tree.ts";
import { recall, type Sums } from "./cells.ts";

/** The place of each node among its siblings, by its id: smaller is first. */
export type Ranks = ReadonlyMap<string, number>;

/** From the ids of all nodes in the wanted order. */
export function ranksOfIds(ids: readonly string[]): Ranks {
  return new Map(ids.map((id, rank) => [id, rank]));
}

/** Worst first; what has no samples comes last. */
export function ranksByRecall(tree: Tree, sums: Sums): Ranks {
  return new Map(
    tree.ids.map((id, node) => {
      const share = recall(sums, node);
      return [id, Number.isNaN(share) ? 2 : share];
    }),
  );
}

/** By the smallest label in each group. */
export function ranksByLabel(tree: Tree): Ranks {
  const smallest = new Float64Array(tree.ids.length).fill(
    Number.POSITIVE_INFINITY,
  );
  tree.leaves.forEach((node, position) => {
    smallest[node] = tree.order[position]!;
  });
  for (let node = smallest.length - 1; node > 0; node--) {
    const above = tree.parent[node]!;
    smallest[above] = Math.min(smallest[above]!, smallest[node]!);
  }
  return new Map(tree.ids.map((id, node) => [id, smallest[node]!]));
}

/** The tree with siblings sorted; those without a rank stay as they are. */
export function sorted(tree: Tree, ranks: Ranks): Tree {
  const nodes: number[] = [];
  const visit = (node: number): void => {
    nodes.push(node);
    const children = childrenOf(tree, node);
    const rank = children.map((child) => ranks.get(tree.ids[child]!));
    if (!rank.includes(undefined)) {
      const of = new Map(children.map((child, i) => [child, rank[i]!]));
      // Equal ranks keep the order of the tree.
      children.sort((a, b) => of.get(a)! - of.get(b)!);
    }
    children.forEach(visit);
  };
  visit(0);
  return nodes.every((node, at) => node === at) ? tree : permuted(tree, nodes);
}

/** Whether ranks say anything about a tree. */
export function concerns(tree: Tree, ranks: Ranks): boolean {
  return tree.ids.some((id, node) => node > 0 && ranks.has(id));
}

function permuted(tree: Tree, nodes: readonly number[]): Tree {
  const at = new Int32Array(nodes.length);
  nodes.forEach((node, index) => {
    at[node] = index;
  });
  const labels = new Int32Array(nodes.length).fill(-1);
  const sizes: number[] = [];
  tree.leaves.forEach((node, position) => {
    labels[at[node]!] = tree.order[position]!;
    sizes[tree.order[position]!] =
      tree.leafEdges[position + 1]! - tree.leafEdges[position]!;
  });
  const built = buildTree({
    parents: nodes.map((node) => (node === 0 ? -1 : at[tree.parent[node]!]!)),
    ids: nodes.map((node) => tree.ids[node]!),
    names: nodes.map((node) => tree.names[node]!),
    labels: [...labels],
    sizes,
    levels: tree.levels.map(({ groups, name, nodes: level }) => ({
      groups,
      name,
      nodes: [...level].map((node) => at[node]!).sort((a, b) => a - b),
    })),
  });
  const logged = Int32Array.from(nodes, (n) => tree.logged[n]!);
  // What is said of nodes is said by their numbers in the log.
  const { json, computed, classes } = tree;
  return { ...built, logged, json, computed, classes };
}
