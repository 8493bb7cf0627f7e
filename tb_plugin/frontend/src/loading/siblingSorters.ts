/** What puts trees and epochs into an order: fetched or computed once. */

import { effect, untracked } from "@preact/signals";
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
import * as view from "../state/all.ts";
import type { Order } from "../state/orderText.ts";
import { stampOf } from "../state/page.ts";
import { awaited, ordering, type Sorter } from "../state/siblingOrder.ts";
import { PromiseCache } from "../ui/promiseCache.ts";
import { bring } from "./epochs.ts";

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

/** When the epoch that settles an order was logged, if it is of what is shown. */
function stampOfOrder(order: Order): number | undefined {
  if (order.by === "tree" || order.by === "label") return undefined;
  const { run, output, step } = order;
  const isShown = run === view.run.value && output === view.output.value;
  return isShown ? stampOf(view.epochs.value, step) : undefined;
}

let isFollowed = false;

/** Asks again for an order whose epoch is logged again while it is shown. */
export function keepUp(reorder: (order: Order) => Promise<void>): void {
  if (isFollowed) return;
  isFollowed = true;
  let known: { order: Order; stamp: number } | undefined;
  effect(() => {
    const { order } = ordering.value;
    const stamp = stampOfOrder(order);
    // It may be on its way, or gone till a resumed run has come that far.
    if (stamp === undefined) return;
    const isNew = known?.order === order && known.stamp !== stamp;
    known = { order, stamp };
    // What was chosen since goes before it.
    if (isNew && !awaited.peek()) untracked(() => void reorder(order));
  });
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
