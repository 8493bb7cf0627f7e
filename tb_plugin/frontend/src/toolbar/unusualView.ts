/** What of the drawing is not as usual, in words for the view menu. */

import { computed } from "@preact/signals";
import { CURVES, VALUES } from "../confusion/cellValues.ts";
import * as view from "../state/all.ts";
import { inShares, showsChanges } from "../state/comparison/comparedEpoch.ts";
import { arrangement, hidesChance } from "../state/comparison/comparison.ts";
import { colourTransfer, least, relation, sideBars } from "../state/filters.ts";
import type { Order } from "../state/orderText.ts";
import { awaited, ordering } from "../state/siblingOrder.ts";

/** What an order is called beside the epoch that is shown. */
export function orderInWords(order: Order): string {
  if (order.by === "tree") return "the tree's";
  if (order.by === "label") return "siblings by label";
  const { by, run, output, step } = order;
  const where = [
    `epoch ${step}`,
    ...(run === view.run.value ? [] : [run]),
    ...(output === view.output.value ? [] : [output]),
  ].join(" of ");
  const what = by === "recall" ? "recall, worst first" : "confusion";
  return `siblings by ${what}, ${where}`;
}

export const unusual = computed<string[]>(() => {
  const { by } = awaited.value ?? ordering.value.order;
  const said: string[] = by === "tree" ? [] : [`by ${by}`];
  if (relation.value) said.push(relation.value.kind);
  else if (view.shownCells.value === "all") said.push("all answers");
  if (sideBars.value === "support") said.push("bars of samples");
  if (arrangement.value === "multiples") return said;
  if (showsChanges.value) {
    if (inShares.value) said.push(VALUES.share.choice);
    if (hidesChance.value) said.push("> chance");
  } else {
    const value = view.cellValue.value;
    if (value !== "count") said.push(VALUES[value].choice);
    const curve = colourTransfer.value;
    if (curve !== "log") said.push(CURVES[curve].choice);
  }
  if (least.value > 1) said.push(`≥ ${least.value}`);
  return said;
});
