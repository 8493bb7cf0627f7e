/** The order that the user chose, and trees in it. */

import { signal } from "@preact/signals";
import type { Epoch } from "../confusion/cells.ts";
import type { Tree } from "../hierarchy/tree.ts";
import { type Order, TREE } from "./orderText.ts";

/** Puts trees and epochs into an order. */
export interface Sorter {
  sorted: (tree: Tree) => Tree;
  reorderEpoch: (epoch: Epoch, from: Tree, to: Tree) => Epoch;
  /** Whether the order says anything about a tree. */
  concerns: (tree: Tree) => boolean;
}

export interface Ordering {
  order: Order;
  /** Null until one other than the tree's is chosen. */
  sorter: Sorter | null;
}

/** What is shown. */
export const ordering = signal<Ordering>({ order: TREE, sorter: null });
/** What is asked for, while it is being computed. */
export const awaited = signal<Order | null>(null);
/** What a link asks for, before it is computed. */
export const wantedOrder = signal<Order>(TREE);
/** Whether the user or a link says which; else trees without groups choose. */
export const isOrderSaid = signal(false);
/** Why the order that was asked for last is not shown. */
export const orderError = signal<string | null>(null);

// Each tree of the log, the last order it was put into, and back.
const arranged = new WeakMap<Tree, { by: Ordering; tree: Tree }>();
const origins = new WeakMap<Tree, Tree>();

export function originOf(tree: Tree): Tree {
  return origins.get(tree) ?? tree;
}

/** A tree of the log, or one in another order, in the chosen order. */
export function inOrder(tree: Tree): Tree {
  const by = ordering.peek();
  const origin = originOf(tree);
  if (!by.sorter) return origin;
  const known = arranged.get(origin);
  if (known?.by === by) return known.tree;
  const made = by.sorter.sorted(origin);
  arranged.set(origin, { by, tree: made });
  if (made !== origin) origins.set(made, origin);
  return made;
}

/** An epoch with its tree, both in the chosen order. */
export function epochInOrder<T extends { epoch: Epoch; tree: Tree }>(
  loaded: T,
): T {
  const tree = inOrder(loaded.tree);
  const { sorter } = ordering.peek();
  if (tree === loaded.tree || !sorter) return loaded;
  const epoch = sorter.reorderEpoch(loaded.epoch, loaded.tree, tree);
  return { ...loaded, tree, epoch };
}

/** Whether the chosen order says anything about a tree. */
export function ordersTree(tree: Tree): boolean {
  return ordering.value.sorter?.concerns(tree) ?? false;
}
