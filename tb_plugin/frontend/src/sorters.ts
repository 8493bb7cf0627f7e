/** What puts trees and epochs into an order: fetched or computed once. */

import { fetchOrder, fetchSeries } from "./api.ts";
import { bring } from "./loading/epochs.ts";
import type { Order } from "./order.ts";
import type { Sorter } from "./ordering.ts";
import { rearrange } from "./rearrange.ts";
import {
  concerns,
  type Ranks,
  ranksByLabel,
  ranksByRecall,
  ranksOfIds,
  sorted,
} from "./sorting.ts";

const known = new Map<string, Promise<Ranks>>();

export async function sorterFor(order: Order): Promise<Sorter> {
  const ranks = await ranksOf(order);
  if (order.by === "tree") {
    return { rearrange, sorted: (tree) => tree, concerns: () => false };
  }
  return {
    rearrange,
    sorted: (tree) => sorted(tree, ranks ?? ranksByLabel(tree)),
    concerns: (tree) => !ranks || concerns(tree, ranks),
  };
}

/** Null where each tree settles them by itself. */
function ranksOf(order: Order): Promise<Ranks> | null {
  if (order.by === "tree" || order.by === "label") return null;
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
