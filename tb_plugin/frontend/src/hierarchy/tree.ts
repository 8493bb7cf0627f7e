/** The tree of classes in display order, as typed arrays. */

export interface HierarchyJson {
  parents: number[];
  ids: string[];
  names: string[];
  labels: number[];
  sizes: number[];
  levels: { groups: number; name?: string | null; nodes: number[] }[];
  /** Where labels are groups: the ids of the classes of each. */
  classes?: string[][] | undefined;
  level_names?: string[];
  /** What the tree was computed from: "confusions", "means". */
  origin?: string;
  origin_samples?: number;
  origin_errors?: number;
  /** Of nodes: how far a group comes back with other samples, or at random. */
  support?: number[];
  support_chance?: number[];
  /** Of levels but the last: the share of errors inside their groups. */
  inside?: number[];
  inside_held_out?: number[];
  inside_chance?: number[];
}

/** A row of groups that together hold every class, in display order. */
export interface Level {
  groups: number;
  /** What the tree calls such groups, empty where it does not say. */
  name: string;
  nodes: Int32Array;
}

/** The level whose number of groups is nearest, as a ratio; -1 without any. */
export function nearestLevel(levels: readonly Level[], groups: number): number {
  let nearest = -1;
  let least = Number.POSITIVE_INFINITY;
  levels.forEach((level, at) => {
    const distance = Math.abs(Math.log(level.groups / groups));
    if (distance < least) [nearest, least] = [at, distance];
  });
  return nearest;
}

/**
 * V nodes in depth-first pre-order over n leaves.
 *
 * A *position* counts leaves in display order; a *place* counts classes, so
 * that a leaf which stands for several classes is as tall as they are.
 */
export interface Tree {
  parent: Int32Array;
  ids: string[];
  names: string[];
  /** Half-open span of positions. */
  start: Int32Array;
  stop: Int32Array;
  /** Edges on the longest path down to a leaf. */
  height: Int32Array;
  /** Position to node, position to label, label to position. */
  leaves: Int32Array;
  order: Int32Array;
  leafOfLabel: Int32Array;
  /** [n + 1] position to place; the last is the number of classes. */
  leafEdges: Float64Array;
  /** Coarse to fine; the last are the leaves. */
  levels: Level[];
  /** The number that each node has in the log, whatever the order here. */
  logged: Int32Array;
  /** By label, where these are groups: the ids of the classes of each. */
  classes: readonly string[][] | undefined;
  /** As it came, its nodes as they are numbered in the log. */
  json: HierarchyJson;
  /** The same of a tree that was computed; null of one that was given. */
  computed: HierarchyJson | null;
}

export function buildTree(json: HierarchyJson): Tree {
  const nodes = json.parents.length;
  const parent = Int32Array.from(json.parents);
  const leaves = Int32Array.from(json.labels.keys()).filter(
    (node) => json.labels[node]! >= 0,
  );
  const order = leaves.map((node) => json.labels[node]!);
  const rank = new Int32Array(leaves.length);
  order.forEach((label, position) => {
    rank[label] = position;
  });
  const edge = new Float64Array(leaves.length + 1);
  order.forEach((label, position) => {
    edge[position + 1] = edge[position]! + (json.sizes[label] ?? 1);
  });

  const start = new Int32Array(nodes);
  const stop = new Int32Array(nodes);
  for (let node = 0, seen = 0; node < nodes; node++) {
    start[node] = seen;
    if (json.labels[node]! >= 0) stop[node] = ++seen;
  }
  const height = new Int32Array(nodes);
  for (let node = nodes - 1; node > 0; node--) {
    const above = parent[node]!;
    stop[above] = Math.max(stop[above]!, stop[node]!);
    height[above] = Math.max(height[above]!, height[node]! + 1);
  }

  const levels = json.levels.map(({ groups, name, nodes }) => ({
    groups,
    name: name ?? "",
    nodes: Int32Array.from(nodes),
  }));
  const { ids } = json;
  const names = json.names.map((name, node) => {
    let above = parent[node]!;
    // A class that is alone in a group is all of it.
    while (above >= 0 && stop[above]! - start[above]! === 1) {
      const group = json.names[above]!;
      if (name === `${group} (itself)`) return group;
      above = parent[above]!;
    }
    return name;
  });
  return {
    parent,
    ids,
    names,
    start,
    stop,
    height,
    leaves,
    order,
    leafOfLabel: rank,
    leafEdges: edge,
    levels,
    logged: Int32Array.from(parent.keys()),
    classes: json.classes,
    json,
    computed: json.origin ? json : null,
  };
}

export function lowestCommonAncestor(
  { leaves, parent, stop }: Tree,
  a: number,
  b: number,
): number {
  let node = leaves[Math.min(a, b)]!;
  while (stop[node]! <= Math.max(a, b)) node = parent[node]!;
  return node;
}

export function lowestCommonAncestorOfNodes(
  tree: Tree,
  a: number,
  b: number,
): number {
  if (contains(tree, a, b)) return a;
  if (contains(tree, b, a)) return b;
  return lowestCommonAncestor(tree, tree.start[a]!, tree.start[b]!);
}

export function contains(tree: Tree, outer: number, inner: number): boolean {
  return (
    tree.start[outer]! <= tree.start[inner]! &&
    tree.stop[inner]! <= tree.stop[outer]! &&
    outer <= inner
  );
}

/** The first place of a node, and the one past its last. */
export function placesOf(
  { leafEdges, start, stop }: Tree,
  node: number,
): [low: number, high: number] {
  return [leafEdges[start[node]!]!, leafEdges[stop[node]!]!];
}

export function classesOf(tree: Tree, node: number): number {
  const [low, high] = placesOf(tree, node);
  return high - low;
}

export function isLeaf(tree: Tree, node: number): boolean {
  return tree.leaves[tree.start[node]!] === node;
}

/** Parent first, root last. */
export function ancestors(tree: Tree, node: number): number[] {
  const path: number[] = [];
  for (let at = tree.parent[node]!; at >= 0; at = tree.parent[at]!) {
    path.push(at);
  }
  return path;
}

export function childrenOf(tree: Tree, node: number): number[] {
  const children: number[] = [];
  if (isLeaf(tree, node)) return children;
  let position = tree.start[node]!;
  // Siblings follow one another, and pre-order puts the outermost first.
  for (let child = node + 1; position < tree.stop[node]!; child++) {
    if (tree.parent[child] !== node) continue;
    children.push(child);
    position = tree.stop[child]!;
  }
  return children;
}

/** Walks down from a node until no group holds more than `most` classes. */
export function cutBelow(tree: Tree, node: number, most: number): Int32Array {
  const groups: number[] = [];
  const walk = (at: number): void => {
    if (isLeaf(tree, at) || (at !== node && classesOf(tree, at) <= most)) {
      groups.push(at);
    } else {
      childrenOf(tree, at).forEach(walk);
    }
  };
  walk(node);
  return Int32Array.from(groups);
}

export function leafIndexAt(tree: Tree, place: number): number {
  let low = 0;
  let high = tree.leaves.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tree.leafEdges[middle]! <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Whether the leaves are classes; those of a head may be groups. */
export function hasClasses(tree: Tree): boolean {
  return totalClasses(tree) === tree.leaves.length;
}

export function totalClasses(tree: Tree): number {
  return tree.leafEdges[tree.leaves.length]!;
}

/** The number in the log of each node, turned round. */
export function nodesByLogged(tree: Tree): Int32Array {
  const nodes = new Int32Array(tree.logged.length);
  tree.logged.forEach((logged, node) => {
    nodes[logged] = node;
  });
  return nodes;
}
