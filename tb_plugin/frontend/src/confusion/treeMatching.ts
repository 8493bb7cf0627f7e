/** Finds the classes of one matrix in the places of another, by their ids. */

import {
  classesOf,
  hasClasses,
  isLeaf,
  lowestCommonAncestorOfNodes,
  type Tree,
} from "../hierarchy/tree.ts";
import { plural } from "../ui/format.ts";
import {
  type Cells,
  countsLike,
  type Epoch,
  type NamedOut,
  sortByCount,
  sumByNode,
} from "./cells.ts";

/** Where the other tree lies in the shown one, or why not. */
export type Match = Matched | { why: string };

/** Where each position of a tree lies in the shown one. */
export interface Places {
  /** -1 for classes that the shown tree lacks. */
  to: Int32Array;
  /** The nearest group of the shown tree that holds each: at least the root. */
  above: Int32Array;
}

export interface Matched extends Places {
  /** Null where both are of the same classes. */
  overlap: Overlap | null;
}

/** Which classes are in both trees; how many are, or in one of them only. */
export interface Overlap {
  /** [n] each position of the shown tree, or -1 where the other lacks it. */
  own: Int32Array;
  shared: number;
  here: number;
  there: number;
  /** What the leaves of the shown tree are: "classes" or "groups". */
  kind: string;
}

/**
 * Matches the leaves of two trees; a leaf below a shown leaf goes into it.
 *
 * Groups that hold only some of the same classes match nothing.
 */
export function matchTrees(
  other: Tree,
  shown: Tree,
  areSame: boolean,
  names: { other: string; shown: string },
): Match {
  if (!areSame && isNumbered(other) && isNumbered(shown)) {
    return { why: "Both tell groups apart that have numbers only: others." };
  }
  const positions = new Map<string, number>();
  shown.leaves.forEach((node, position) => {
    positions.set(shown.ids[node]!, position);
  });
  const to = new Int32Array(other.leaves.length).fill(-1);
  const found = new Float64Array(shown.leaves.length);
  other.leaves.forEach((leaf, position) => {
    for (let node = leaf; node >= 0; node = other.parent[node]!) {
      const at = positions.get(other.ids[node]!);
      if (at === undefined) continue;
      to[position] = at;
      found[at]! += classesOf(other, leaf);
      return;
    }
  });
  const same = sameClasses(other, shown, to);
  const own = Int32Array.from(shown.leaves, (leaf, at) => {
    const size = classesOf(shown, leaf);
    return found[at] === size && (!same || same[at] === size) ? at : -1;
  });
  const isAll = !own.includes(-1) && !to.includes(-1);
  const above = groupsAbove(other, shown);
  if (isAll) return { to, above, overlap: null };
  if (isFiner(shown, other)) {
    return {
      why:
        `${names.other} tells ${kindsOf(other)} apart, ` +
        `${names.shown} ${kindsOf(shown)}.`,
    };
  }
  to.forEach((at, position) => {
    if (at >= 0) to[position] = own[at]!;
  });
  const [here, there] = [own, to].map(
    (places) => places.filter((at) => at < 0).length,
  ) as [number, number];
  const shared = own.length - here;
  if (!shared) {
    return {
      why:
        `They share no class: of ${kindsOf(shown)} here and ` +
        `${kindsOf(other)} there none has the same ` +
        (same && !hasClasses(shown) ? "id and classes." : "id."),
    };
  }
  const kind = hasClasses(shown) ? "classes" : "groups";
  return { to, above, overlap: { own, shared, here, there, kind } };
}

/** The nearest node above each leaf that is a group of the shown tree too. */
function groupsAbove(other: Tree, shown: Tree): Int32Array {
  const groups = new Map<string, number>();
  shown.ids.forEach((id, node) => {
    if (!isLeaf(shown, node)) groups.set(id, node);
  });
  return other.leaves.map((leaf) => {
    for (let node = leaf; node >= 0; node = other.parent[node]!) {
      const found = groups.get(other.ids[node]!);
      if (found !== undefined) return found;
    }
    return 0;
  });
}

/** Of the shown tree itself, some of whose classes have no place. */
export function placesIn(shown: Tree, to: Int32Array): Places {
  return { to, above: shown.leaves.map((leaf) => shown.parent[leaf]!) };
}

/**
 * Counts classes of each shown leaf that the other tree has in its place; null
 * where some groups do not say which classes they hold.
 */
function sameClasses(
  other: Tree,
  shown: Tree,
  to: Int32Array,
): Float64Array | null {
  const [here, there] = [placesOfClasses(shown), placesOfClasses(other)];
  if (!here || !there) return null;
  const same = new Float64Array(shown.leaves.length);
  for (const [id, at] of here) {
    if (to[there.get(id)!] === at) same[at]!++;
  }
  return same;
}

/** The position that holds each class, by its id. */
function placesOfClasses(tree: Tree): Map<string, number> | null {
  const { classes, order } = tree;
  if (!classes && !hasClasses(tree)) return null;
  const places = new Map<string, number>();
  tree.leaves.forEach((leaf, position) => {
    for (const id of classes?.[order[position]!] ?? [tree.ids[leaf]!])
      places.set(id, position);
  });
  return places;
}

/** Whether leaves of the one lie in the other's, and are not the same. */
function isFiner(shown: Tree, other: Tree): boolean {
  const ids = new Set([...other.leaves].map((leaf) => other.ids[leaf]!));
  return (
    isWithin(shown, other) &&
    [...shown.leaves].some((leaf) => !ids.has(shown.ids[leaf]!))
  );
}

/** Groups that are no nodes of a tree are named by their number. */
function isNumbered(tree: Tree): boolean {
  return tree.leaves.every(
    (node, position) => tree.ids[node] === `group ${tree.order[position]}`,
  );
}

/** Whether every leaf of the finer tree lies in one of the coarser. */
export function isWithin(finer: Tree, coarser: Tree): boolean {
  const ids = new Set([...coarser.leaves].map((leaf) => coarser.ids[leaf]));
  return [...finer.leaves].every((leaf) => {
    for (let node = leaf; node >= 0; node = finer.parent[node]!) {
      if (ids.has(finer.ids[node]!)) return true;
    }
    return false;
  });
}

function kindsOf(tree: Tree): string {
  const { length } = tree.leaves;
  return hasClasses(tree)
    ? plural(length, "class", "classes")
    : plural(length, "group", "groups");
}

/**
 * An epoch in the places of the shown tree.
 *
 * Samples without a place are left out. Answers without a place count as missed
 * unless the named class lies in a group of the shown tree.
 */
export function realign(epoch: Epoch, places: Places, shown: Tree): Epoch {
  const cells = moved(epoch.cells, places.to, shown.leaves.length);
  const sums = { ...sumByNode(cells, shown), runs: epoch.sums.runs };
  const named = namedOut(epoch.cells, places, shown);
  const { missed, inside, predicted } = sumsOf(named, shown);
  missed.forEach((count, node) => {
    sums.support[node]! += count;
    sums.truePositives[node]! += inside[node]!;
    sums.predictedCount[node]! += predicted[node]!;
  });
  const total = sums.support[0]!;
  const errors = total - sums.correct[0]!;
  const strangers = namedByStrangers(epoch.cells, places, shown);
  return { cells: { ...cells, named }, sums, total, errors, strangers };
}

/** Samples that are named out there, by node: of, in both, and named. */
function sumsOf(
  { row, node, count }: NamedOut,
  shown: Tree,
): Record<"missed" | "inside" | "predicted", Float64Array> {
  const nodes = shown.parent.length;
  const missed = new Float64Array(nodes);
  const [inside, predicted] = [missed.slice(), missed.slice()];
  for (let k = 0; k < count.length; k++) {
    const [leaf, group] = [shown.leaves[row[k]!]!, node[k]!];
    missed[leaf]! += count[k]!;
    predicted[group]! += count[k]!;
    inside[lowestCommonAncestorOfNodes(shown, leaf, group)]! += count[k]!;
  }
  for (const sums of [missed, inside, predicted]) addToParents(sums, shown);
  return { missed, inside, predicted };
}

/** How often samples that have no place are named each node. */
function namedByStrangers(
  { row, column, count }: Cells,
  { to }: Places,
  shown: Tree,
): Float64Array {
  const named = new Float64Array(shown.parent.length);
  for (let k = 0; k < count.length; k++) {
    const across = to[column[k]!]!;
    if (to[row[k]!]! < 0 && across >= 0)
      named[shown.leaves[across]!]! += count[k]!;
  }
  addToParents(named, shown);
  return named;
}

function addToParents(sums: Float64Array, { parent }: Tree): void {
  for (let node = sums.length - 1; node > 0; node--)
    sums[parent[node]!]! += sums[node]!;
}

/** The samples that are named out there, row by row. */
function namedOut(
  { row, column, count }: Cells,
  { to, above }: Places,
  shown: Tree,
): NamedOut {
  const found: [row: number, node: number, count: number][] = [];
  for (let k = 0; k < count.length; k++) {
    const down = to[row[k]!]!;
    if (down < 0 || to[column[k]!]! >= 0) continue;
    found.push([down, above[column[k]!]!, count[k]!]);
  }
  found.sort(([a], [b]) => a - b);
  return {
    tree: shown,
    row: Uint16Array.from(found, ([at]) => at),
    node: Int32Array.from(found, ([, node]) => node),
    count: Float64Array.from(found, ([, , samples]) => samples),
  };
}

function moved(cells: Cells, to: Int32Array, size: number): Cells {
  const sources: number[][] = Array.from({ length: size }, () => []);
  to.forEach((row, from) => {
    if (row >= 0) sources[row]!.push(from);
  });
  const most = cells.count.length;
  const [row, column] = [new Uint16Array(most), new Uint16Array(most)];
  const counts = countsLike(cells.count, most);
  const rowStart = new Uint32Array(size + 1);
  const diagonal = new Float64Array(size);
  const sums = new Float64Array(size);
  let found = 0;
  for (let target = 0; target < size; target++) {
    const touched: number[] = [];
    const add = (at: number, count: number): void => {
      if (at === target) diagonal[target]! += count;
      else {
        if (sums[at] === 0) touched.push(at);
        sums[at]! += count;
      }
    };
    for (const from of sources[target]!) {
      diagonal[target]! += cells.diagonal[from]!;
      for (let k = cells.rowStart[from]!; k < cells.rowStart[from + 1]!; k++) {
        const at = to[cells.column[k]!]!;
        if (at >= 0) add(at, cells.count[k]!);
      }
    }
    for (const at of touched.sort((a, b) => a - b)) {
      row[found] = target;
      column[found] = at;
      counts[found++] = sums[at]!;
      sums[at] = 0;
    }
    rowStart[target + 1] = found;
  }
  const count = counts.slice(0, found);
  return {
    size,
    rowStart,
    diagonal,
    count,
    row: row.slice(0, found),
    column: column.slice(0, found),
    weakestFirst: sortByCount(count),
  };
}
