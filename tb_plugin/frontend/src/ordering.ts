/** The order that the user chose, and trees in it. */

import { computed, signal } from "@preact/signals";
import type { Epoch } from "./counts.ts";
import type { LinkedView } from "./link.ts";
import {
  concerns,
  type Order,
  orderToText,
  type Ranks,
  ranksByLabel,
  sorted,
  TREE,
} from "./order.ts";
import { rearrange } from "./rearrange.ts";
import type { Tree } from "./tree.ts";

export interface Ordering {
  order: Order;
  /** Null where each tree settles them by itself. */
  ranks: Ranks | null;
}

/** What is shown. */
export const ordering = signal<Ordering>({ order: TREE, ranks: null });
/** What is asked for, while it is being computed. */
export const awaited = signal<Order | null>(null);
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
  if (by.order.by === "tree") return origin;
  const known = arranged.get(origin);
  if (known?.by === by) return known.tree;
  const ranks = by.ranks ?? ranksByLabel(origin);
  const made = sorted(origin, ranks);
  arranged.set(origin, { by, tree: made });
  if (made !== origin) origins.set(made, origin);
  return made;
}

/** An epoch with its tree, both in the chosen order. */
export function epochInOrder<T extends { epoch: Epoch; tree: Tree }>(
  loaded: T,
): T {
  const tree = inOrder(loaded.tree);
  if (tree === loaded.tree) return loaded;
  return { ...loaded, tree, epoch: rearrange(loaded.epoch, loaded.tree, tree) };
}

/** Whether the chosen order says anything about a tree. */
export function ordersTree(tree: Tree): boolean {
  const { order, ranks } = ordering.value;
  return order.by !== "tree" && (!ranks || concerns(tree, ranks));
}

/** What a link says; an order that is on its way counts already. */
export const linkedOrder = computed<Pick<LinkedView, "order">>(() => {
  const order = awaited.value ?? ordering.value.order;
  return order.by === "tree" ? {} : { order: orderToText(order) };
});
