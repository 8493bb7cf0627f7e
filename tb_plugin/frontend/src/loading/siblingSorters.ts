/** What puts trees and epochs into an order: fetched or computed once. */

import { reorderEpoch } from "../confusion/reorderEpoch.ts";
import {
  concerns,
  type Ranks,
  ranksByLabel,
  ranksByRecall,
  ranksOfIds,
  sorted,
} from "../confusion/siblingSorting.ts";
import { source } from "../server/source.ts";
import type { Order } from "../state/orderText.ts";
import type { Sorter } from "../state/siblingOrder.ts";
import { PromiseCache } from "../ui/promiseCache.ts";
import { bring } from "./epochs.ts";
import { stampOfOrder } from "./stamps.ts";

const known = new PromiseCache<Ranks>(20);

export async function sorterFor(order: Order): Promise<Sorter> {
  const ranks = await ranksOf(order);
  if (order.by === "tree") {
    return { reorderEpoch, sorted: (tree) => tree, concerns: () => false };
  }
  return {
    reorderEpoch,
    sorted: (tree) => sorted(tree, ranks ?? ranksByLabel(tree)),
    concerns: (tree) => !ranks || concerns(tree, ranks),
  };
}

/** Null where each tree settles them by itself. */
function ranksOf(order: Order): Promise<Ranks> | null {
  if (order.by === "tree" || order.by === "label") return null;
  const { by, run, output, step } = order;
  const key = [by, run, output, step, stampOfOrder(order)].join("\n");
  return known.get(key, () =>
    by === "confusion"
      ? source().order(run, output, step).then(ranksOfIds)
      : recallRanks(run, output, step),
  );
}

async function recallRanks(
  run: string,
  output: string,
  step: number,
): Promise<Ranks> {
  const { epochs } = await source().series(run, output);
  const info = epochs.find((each) => each.step === step);
  if (!info || info.error !== undefined) {
    throw new Error(info?.error ?? `there is no epoch ${step} of ${run}`);
  }
  const { epoch, tree } = await bring(info, run, output);
  return ranksByRecall(tree, epoch.sums);
}
