/** Puts siblings into another order; what sorts them comes with the first. */

import { batch, effect, untracked } from "@preact/signals";
import * as view from "../state/all.ts";
import { type Order, TREE } from "../state/orderText.ts";
import {
  awaited,
  isOrderSaid,
  orderError,
  ordering,
  ordersTree,
  wantedOrder,
} from "../state/siblingOrder.ts";
import { messageOf } from "./errors.ts";

/**
 * Shows an order as soon as it is known.
 *
 * @param isAsked whether somebody asked for it, and is told why it does not come
 */
export async function reorder(order: Order, isAsked = true): Promise<void> {
  awaited.value = order;
  try {
    const { sorterFor, keepUp } = await import("./siblingSorters.ts");
    keepUp(reorder);
    const sorter = await sorterFor(order);
    if (awaited.value !== order) return;
    batch(() => {
      ordering.value = { order, sorter };
      awaited.value = null;
      orderError.value = null;
    });
  } catch (error) {
    if (awaited.value !== order) return;
    batch(() => {
      awaited.value = null;
      orderError.value = isAsked ? messageOf(error) : null;
    });
  }
}

/** Nothing is drawn before the order of a link is known. */
export function restoreOrder(): void {
  const order = wantedOrder.peek();
  if (order.by !== "tree") void reorder(order);
}

/** Of more classes the server would take seconds, and of fewer there is no order. */
const [FEWEST, MOST] = [4, 1000];

/**
 * Puts classes without groups into an order by their confusions, which shows
 * blocks where the tree has none, unless another was asked for.
 */
export function orderFlatTrees(): void {
  let isOurs = false;
  effect(() => {
    const tree = view.tree.value;
    if (isOrderSaid.value) isOurs = false;
    if (!tree || isOrderSaid.value) return;
    const [run, output] = [view.run.peek(), view.output.peek()];
    const last = view.epochs.peek().filter(view.usable).at(-1);
    const { length } = tree.leaves;
    const isOne = view.isFlat.peek() && length >= FEWEST && length <= MOST;
    if (!isOne || !last) {
      if (isOurs) void reorder(TREE);
      isOurs = false;
    } else if (!isOurs || !untracked(() => ordersTree(tree))) {
      isOurs = true;
      void reorder({ by: "confusion", run, output, step: last.step }, false);
    }
  });
}
