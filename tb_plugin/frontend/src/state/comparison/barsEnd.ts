/** How far the bars beside a comparison reach: which change fills half of one. */

import { computed } from "@preact/signals";
import { precision, recall, type Sums } from "../../confusion/cells.ts";
import * as view from "../all.ts";
import { inOrderOfChange, otherEpoch } from "./comparedEpoch.ts";
import { withinChance } from "./evidence.ts";
import { precisionWithinChance } from "./precisionChance.ts";

const ENDS = [0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1];

/** The first end at or above a change. */
export function endAbove(largest: number): number {
  return ENDS.find((end) => end >= largest - 1e-9) ?? 1;
}

/** Groups with a bar: those of the cut, or where too many, those with a name. */
export function barNodes(
  nodes: Int32Array,
  named: Int32Array,
  pixels: number,
): Int32Array {
  return nodes.length * 2 > pixels ? named : nodes;
}

/** By the largest change beyond chance, so that no two look alike at the end. */
export const barsEnd = computed(() => {
  const [cut, here, there] = [
    view.cut.value,
    view.epoch.value,
    otherEpoch.value,
  ];
  if (!cut || !here || !there) return endAbove(0);
  const [from, to] = inOrderOfChange(here.sums, there.sums);
  const { size } = view.layout.value.matrix;
  let largest = 0;
  const see = (
    nodes: Int32Array,
    share: (sums: Sums, node: number) => number,
    isChance: ReadonlySet<number>,
  ): void => {
    for (const node of nodes) {
      const by = Math.abs(share(to, node) - share(from, node));
      if (by > largest && !isChance.has(node)) largest = by;
    }
  };
  const rows = barNodes(cut.nodes, view.rowLabelNodes.value, size);
  const across = barNodes(cut.columns.nodes, view.columnNodes.value, size);
  see(rows, recall, withinChance.value);
  see(across, precision, precisionWithinChance.value);
  return endAbove(largest);
});
