/** Puts siblings into another order; what sorts them comes with the first. */

import { batch } from "@preact/signals";
import type { LinkedView } from "./link.ts";
import { messageOf } from "./loading/problems.ts";
import { type Order, orderFromText } from "./order.ts";
import { awaited, orderError, ordering } from "./ordering.ts";

/** Shows an order as soon as it is known. */
export async function reorder(order: Order): Promise<void> {
  awaited.value = order;
  try {
    const { sorterFor } = await import("./sorters.ts");
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
export function restoreOrder(linked: LinkedView): void {
  const order = orderFromText(linked.order ?? "");
  if (order.by !== "tree") void reorder(order);
}
