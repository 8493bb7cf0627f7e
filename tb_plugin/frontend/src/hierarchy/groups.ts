/** Groups of a cut: of the rows, and of the columns. */

import { contains, type Tree } from "./tree.ts";

/** Groups in display order that together hold every leaf. */
export interface Groups {
  nodes: Int32Array;
  /** Position to group. */
  groupOf: Uint16Array;
  /** [G + 1] first place of each group. */
  edge: Float64Array;
}

export function groupAt({ edge }: Groups, place: number): number {
  let low = 0;
  let high = edge.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (edge[middle]! <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The groups of the rows, and those of the columns: mostly the same. */
export interface Cut extends Groups {
  columns: Groups;
}

/** Whether the columns are other groups than the rows. */
export function isAsymmetric({ groupOf, columns }: Cut): boolean {
  return columns.groupOf !== groupOf;
}

export function makeCut(
  tree: Tree,
  nodes: Int32Array,
  across: Int32Array = nodes,
): Cut {
  const rows = groupsOf(tree, nodes);
  const areSame =
    across.length === nodes.length &&
    across.every((node, group) => node === nodes[group]);
  return { ...rows, columns: areSame ? rows : groupsOf(tree, across) };
}

function groupsOf(tree: Tree, nodes: Int32Array): Groups {
  const groupOf = new Uint16Array(tree.leaves.length);
  const edge = new Float64Array(nodes.length + 1);
  nodes.forEach((node, group) => {
    groupOf.fill(group, tree.start[node]!, tree.stop[node]!);
    edge[group + 1] = tree.leafEdges[tree.stop[node]!]!;
  });
  return { nodes, groupOf, edge };
}

/** The group that a node is, or lies in; -1 where it holds several. */
export function groupOfNode(
  tree: Tree,
  { nodes, groupOf }: Groups,
  node: number,
): number {
  const group = groupOf[tree.start[node]!]!;
  return contains(tree, nodes[group]!, node) ? group : -1;
}

/** The parts of a group at the next finer level, largest first. */
export function partsOf(tree: Tree, node: number): number[] {
  for (const { nodes } of tree.levels) {
    const parts = [...nodes].filter(
      (each) => each !== node && contains(tree, node, each),
    );
    if (parts.length > 1) return parts;
  }
  return [];
}
