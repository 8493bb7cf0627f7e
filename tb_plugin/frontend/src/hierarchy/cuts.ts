/** Cuts of mixed levels: a level, but for groups folded or opened by hand. */

import type { Cut } from "./groups.ts";
import { partsOf } from "./groups.ts";
import { childrenOf, contains, type Tree } from "./tree.ts";

/** Ids of nodes, so that they hold in every order and run. */
export interface Folds {
  /** One group, although the level divides them. */
  closed: ReadonlySet<string>;
  /** Divided, although the level does not. */
  opened: ReadonlySet<string>;
}

export const NO_FOLDS: Folds = { closed: new Set(), opened: new Set() };

export function isEmpty({ closed, opened }: Folds): boolean {
  return closed.size === 0 && opened.size === 0;
}

/** How many leaves a node has: the most groups it can be divided into. */
function leavesOf(tree: Tree, node: number): number {
  return tree.stop[node]! - tree.start[node]!;
}

/** What a group is divided into when it opens. */
function openedInto(tree: Tree, node: number): readonly number[] {
  const parts = partsOf(tree, node);
  return parts.length ? parts : childrenOf(tree, node);
}

/** The groups of a cut, in display order. */
export function cutNodes(
  tree: Tree,
  level: Int32Array,
  folds: Folds,
): Int32Array {
  if (isEmpty(folds)) return level;
  const { closed, opened } = folds;
  const isOfLevel = new Uint8Array(tree.ids.length);
  for (const node of level) isOfLevel[node] = 1;
  const groups: number[] = [];
  const walk = (node: number, isBelow: boolean): void => {
    const id = tree.ids[node]!;
    const isFine = isBelow || isOfLevel[node] === 1;
    if (closed.has(id) || leavesOf(tree, node) === 1) {
      groups.push(isFine || closed.has(id) ? node : leafOf(tree, node));
    } else if (!isFine) {
      for (const child of childrenOf(tree, node)) walk(child, false);
    } else if (opened.has(id)) {
      for (const part of openedInto(tree, node)) walk(part, true);
    } else groups.push(node);
  };
  walk(0, false);
  return Int32Array.from(groups);
}

function leafOf(tree: Tree, node: number): number {
  return tree.leaves[tree.start[node]!]!;
}

/** The group of a cut that holds a node, or null where it is divided. */
export function collapsedAncestor(
  tree: Tree,
  nodes: Int32Array,
  node: number,
): number | null {
  const start = tree.start[node]!;
  let low = 0;
  let high = nodes.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tree.start[nodes[middle]!]! <= start) low = middle;
    else high = middle - 1;
  }
  const group = nodes[low]!;
  return tree.stop[group]! >= tree.stop[node]! ? group : null;
}

/** What its arrow does to a node; null where there is nothing to do. */
export function foldOf(
  tree: Tree,
  nodes: Int32Array,
  node: number,
): "open" | "close" | null {
  if (node === 0 || leavesOf(tree, node) === 1) return null;
  const holder = collapsedAncestor(tree, nodes, node);
  if (holder === null) return "close";
  // The same classes may have several nodes, one below the other.
  return leavesOf(tree, holder) === leavesOf(tree, node) ? "open" : null;
}

function without(tree: Tree, ids: ReadonlySet<string>, node: number): string[] {
  const index = new Map(tree.ids.map((id, at) => [id, at]));
  return [...ids].filter((id) => {
    const at = index.get(id);
    return at === undefined || !contains(tree, node, at);
  });
}

export function close(
  tree: Tree,
  level: Int32Array,
  folds: Folds,
  node: number,
): Folds {
  const closed = new Set(without(tree, folds.closed, node));
  const opened = new Set(without(tree, folds.opened, node));
  const less = { closed, opened };
  const nodes = cutNodes(tree, level, less);
  // The level itself may leave it whole.
  if (collapsedAncestor(tree, nodes, node) !== null) return less;
  return { opened, closed: closed.add(tree.ids[node]!) };
}

export function open(
  tree: Tree,
  level: Int32Array,
  folds: Folds,
  group: number,
): Folds {
  const closed = new Set(folds.closed);
  closed.delete(tree.ids[group]!);
  const less = { closed, opened: folds.opened };
  const nodes = cutNodes(tree, level, less);
  if (collapsedAncestor(tree, nodes, group) === null) return less;
  return { closed, opened: new Set(folds.opened).add(tree.ids[group]!) };
}

interface Change {
  group: number;
  closes: boolean;
}

/** Closes what is divided, opens what is not; of a class, its group. */
function changeAt(tree: Tree, nodes: Int32Array, node: number): Change | null {
  if (node === 0) return null;
  const holder = collapsedAncestor(tree, nodes, node);
  if (holder === null) return { group: node, closes: true };
  if (leavesOf(tree, holder) > 1) return { group: holder, closes: false };
  let group = node;
  while (group > 0 && leavesOf(tree, group) === 1) group = tree.parent[group]!;
  return group === 0 ? null : { group, closes: true };
}

function changed(
  tree: Tree,
  level: Int32Array,
  folds: Folds,
  { group, closes }: Change,
): Folds {
  if (closes) return close(tree, level, folds, group);
  const holder = collapsedAncestor(tree, cutNodes(tree, level, folds), group);
  const isWhole =
    holder !== null && leavesOf(tree, holder) === leavesOf(tree, group);
  return isWhole ? open(tree, level, folds, holder) : folds;
}

export type Axis = "rows" | "columns";

/** The folds of both axes: the same object where they are not apart. */
export type BothFolds = Record<Axis, Folds>;

/** Closes what is divided, opens what is not; `alone` leaves the other axis. */
export function toggle(
  tree: Tree,
  level: Int32Array,
  folds: BothFolds,
  node: number,
  { axis, alone }: { axis: Axis; alone: boolean },
): BothFolds {
  const change = changeAt(tree, cutNodes(tree, level, folds[axis]), node);
  if (!change) return folds;
  const next = (each: Axis): Folds =>
    alone && each !== axis
      ? folds[each]
      : changed(tree, level, folds[each], change);
  const rows = next("rows");
  const columns = next("columns");
  return { rows, columns: areSame(rows, columns) ? rows : columns };
}

function areSame(one: Folds, other: Folds): boolean {
  const same = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
    a.size === b.size && [...a].every((id) => b.has(id));
  return same(one.closed, other.closed) && same(one.opened, other.opened);
}

/**
 * Whether a node has an outline: not one cell, nor inside an undivided group.
 */
export function isOutlined(tree: Tree, cut: Cut, node: number): boolean {
  const groups = [cut, cut.columns].map(({ nodes }) =>
    collapsedAncestor(tree, nodes, node),
  );
  return (
    groups.includes(null) &&
    groups.every(
      (group) =>
        group === null || leavesOf(tree, group) === leavesOf(tree, node),
    )
  );
}

/** Flags of the groups that are closed by hand. */
export function foldedOf(
  tree: Tree,
  cut: Int32Array,
  { closed }: Folds,
): Uint8Array {
  const flags = new Uint8Array(cut.length);
  if (closed.size === 0) return flags;
  return flags.map((_, i) => (closed.has(tree.ids[cut[i]!]!) ? 1 : 0));
}

/** The groups that are not; all where there are none. */
export function unfolded(
  tree: Tree,
  cut: Int32Array,
  folds: Folds,
): Int32Array {
  const flags = foldedOf(tree, cut, folds);
  const plain = cut.filter((_, i) => flags[i] === 0);
  return plain.length ? plain : cut;
}

/**
 * The coarser of two cuts at every place.
 *
 * @param nodes groups in display order that together hold every leaf
 * @param than others
 */
export function coarser(
  tree: Tree,
  nodes: Int32Array,
  than: Int32Array,
): Int32Array {
  const groups: number[] = [];
  let [i, j] = [0, 0];
  while (i < nodes.length && j < than.length) {
    const [one, other] = [nodes[i]!, than[j]!];
    const stop = Math.max(tree.stop[one]!, tree.stop[other]!);
    groups.push(tree.stop[one] === stop ? one : other);
    while (i < nodes.length && tree.stop[nodes[i]!]! <= stop) i++;
    while (j < than.length && tree.stop[than[j]!]! <= stop) j++;
  }
  return Int32Array.from(groups);
}

/** Nodes with those inside a closed group replaced by it. */
export function underFolds(
  tree: Tree,
  nodes: Int32Array,
  cut: Int32Array,
  { closed }: Folds,
): Int32Array {
  if (closed.size === 0) return nodes;
  const groups: number[] = [];
  for (const node of nodes) {
    const holder = collapsedAncestor(tree, cut, node);
    const isHidden =
      holder !== null && holder !== node && closed.has(tree.ids[holder]!);
    const group = isHidden ? holder : node;
    if (groups.at(-1) !== group) groups.push(group);
  }
  return Int32Array.from(groups);
}
