/** Puts siblings into another order; what sorts them comes with the first. */

import { batch } from "@preact/signals";
import type { Order } from "../state/orderText.ts";
import {
  awaited,
  orderError,
  ordering,
  wantedOrder,
} from "../state/siblingOrder.ts";
import { messageOf } from "./errors.ts";

/** Shows an order as soon as it is known. */
export async function reorder(order: Order): Promise<void> {
  awaited.value = order;
  try {
    const { sorterFor } = await import("./siblingSorters.ts");
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
      orderError.value = messageOf(error);
    });
  }
}

/** Nothing is drawn before the order of a link is known. */
export function restoreOrder(): void {
  const order = wantedOrder.peek();
  if (order.by !== "tree") void reorder(order);
}
