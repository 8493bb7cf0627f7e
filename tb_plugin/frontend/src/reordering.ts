/** Fetches or computes an order, once, and shows it. */

import { batch } from "@preact/signals";
import { fetchOrder, fetchSeries } from "./api.ts";
import type { LinkedView } from "./link.ts";
import { bring } from "./loading/epochs.ts";
import { messageOf } from "./loading/problems.ts";
import {
  type Order,
  orderFromText,
  type Ranks,
  ranksByRecall,
  ranksOfIds,
} from "./order.ts";
import { awaited, orderError, ordering } from "./ordering.ts";

const known = new Map<string, Promise<Ranks>>();

/** Puts siblings into another order, as soon as it is known. */
export async function reorder(order: Order): Promise<void> {
  awaited.value = order;
  try {
    const ranks = await ranksOf(order);
    if (awaited.value !== order) return;
    batch(() => {
      ordering.value = { order, ranks };
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

function ranksOf(order: Order): Promise<Ranks | null> {
  if (order.by === "tree" || order.by === "label") return Promise.resolve(null);
  const { by, run, output, step } = order;
  const key = [by, run, output, step].join("\n");
  let asked = known.get(key);
  if (!asked) {
    asked =
      by === "confusion"
        ? fetchOrder(run, output, step).then(ranksOfIds)
        : recallRanks(run, output, step);
    known.set(key, asked);
    asked.catch(() => known.delete(key));
  }
  return asked;
}

async function recallRanks(
  run: string,
  output: string,
  step: number,
): Promise<Ranks> {
  const { epochs } = await fetchSeries(run, output);
  const info = epochs.find((each) => each.step === step);
  if (!info || info.error !== undefined) {
    throw new Error(info?.error ?? `there is no epoch ${step} of ${run}`);
  }
  const { epoch, tree } = await bring(info, run, output);
  return ranksByRecall(tree, epoch.sums);
}
