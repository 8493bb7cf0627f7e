/** Classes that one tree has together and another apart. */

import type { Epoch } from "../confusion/cells.ts";
import { hasClasses, type Tree } from "../hierarchy/tree.ts";

export interface TreePair {
  /** Leaves of the shown tree. */
  first: number;
  second: number;
  /** Samples of one that are taken for the other, both ways. */
  errors: number;
}

export interface TreePairs {
  /** How many there are; listed are those with errors, and others while few. */
  total: number;
  /** Those with most errors first. */
  list: TreePair[];
  /** Their share of all errors, and what chance would give. */
  share: number;
  chance: number;
}

/** As many pairs without errors are listed. */
const MOST = 2000;

/**
 * The pairs of classes in one smallest group of a tree that lie in different
 * groups below the root of another.
 *
 * @param epoch in the order of the first tree
 * @returns null where either has no classes, or no groups
 */
export function pairsApart(
  tree: Tree,
  other: Tree,
  epoch: Epoch,
): TreePairs | null {
  if (![tree, other].every((each) => hasClasses(each) && hasGroups(each)))
    return null;
  const top = topsIn(other, tree);
  const parts = partsOf(tree, top);
  const { cells, sums, total: samples, errors } = epoch;
  const isApart = (a: number, b: number): boolean =>
    top[a]! >= 0 &&
    top[b]! >= 0 &&
    top[a] !== top[b] &&
    groupAt(tree, a) === groupAt(tree, b);
  const found = new Map<number, TreePair>();
  let taken = 0;
  for (let k = 0; k < cells.count.length; k++) {
    const [a, b] = [cells.row[k]!, cells.column[k]!];
    if (!isApart(a, b)) continue;
    taken += cells.count[k]!;
    const [from, to] = a < b ? [a, b] : [b, a];
    const key = from * tree.leaves.length + to;
    const pair = found.get(key) ?? pairOf(tree, from, to);
    pair.errors += cells.count[k]!;
    found.set(key, pair);
  }
  let [total, drawn] = [0, 0];
  for (const part of parts) {
    const counts = part.map((places) =>
      places.reduce((n, at) => n + sums.predictedCount[tree.leaves[at]!]!, 0),
    );
    const all = counts.reduce((n, each) => n + each, 0);
    let before = 0;
    part.forEach((places, i) => {
      total += before * places.length;
      before += places.length;
      for (const at of places) {
        const leaf = tree.leaves[at]!;
        const mistakes = sums.support[leaf]! - sums.correct[leaf]!;
        const rest = Math.max(samples - sums.predictedCount[leaf]!, 1);
        drawn += (mistakes * (all - counts[i]!)) / rest;
      }
    });
  }
  if (total <= MOST) addErrorless(tree, parts, found);
  const list = [...found.values()].sort((a, b) => b.errors - a.errors);
  return { total, list, share: taken / errors, chance: drawn / errors };
}

function hasGroups(tree: Tree): boolean {
  return tree.levels.length > 1;
}

/** The smallest group of the class at a place; the root holds none together. */
function groupAt(tree: Tree, at: number): number {
  return tree.parent[tree.leaves[at]!]! || -1 - at;
}

function pairOf(tree: Tree, from: number, to: number): TreePair {
  return { first: tree.leaves[from]!, second: tree.leaves[to]!, errors: 0 };
}

/** [n] the node below the other root that holds each class; -1 of none. */
function topsIn(other: Tree, tree: Tree): Int32Array {
  const tops = new Map<string, number>();
  for (const leaf of other.leaves) {
    let node = leaf;
    while (other.parent[node]! > 0) node = other.parent[node]!;
    tops.set(other.ids[leaf]!, node);
  }
  return tree.leaves.map((leaf) => tops.get(tree.ids[leaf]!) ?? -1);
}

/** The places of shared classes by group, and in it by the other tree's. */
function partsOf(tree: Tree, top: Int32Array): number[][][] {
  const parts = new Map<number, Map<number, number[]>>();
  top.forEach((node, at) => {
    const group = groupAt(tree, at);
    if (node < 0 || group < 0) return;
    const part = parts.get(group) ?? new Map<number, number[]>();
    const places = part.get(node) ?? [];
    places.push(at);
    part.set(node, places);
    parts.set(group, part);
  });
  return [...parts.values()].map((part) => [...part.values()]);
}

function addErrorless(
  tree: Tree,
  parts: readonly number[][][],
  found: Map<number, TreePair>,
): void {
  const add = (one: number, two: number): void => {
    const [from, to] = one < two ? [one, two] : [two, one];
    const key = from * tree.leaves.length + to;
    if (!found.has(key)) found.set(key, pairOf(tree, from, to));
  };
  for (const part of parts)
    part.forEach((places, i) => {
      for (const one of places)
        for (const two of part.slice(i + 1).flat()) add(one, two);
    });
}
