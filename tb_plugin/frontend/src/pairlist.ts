/** The list of confusions: what is in it, and walking through it. */

import { computed } from "@preact/signals";
import { sort } from "./listing.ts";
import { glideTo } from "./motion.ts";
import {
  isMadeOf,
  leafCut,
  type Pair,
  type Pairs,
  pairAt,
  pairsIn,
  type Source,
  sortPairs,
} from "./pairs.ts";
import { kindOf, spansOf } from "./selection.ts";
import * as view from "./view.ts";

const NONE = new Float64Array();

/** Where pairs are taken from: the level on screen unless it is too coarse. */
const source = computed<Source | null>(() => {
  const [tree, epoch] = [view.tree.value, view.epoch.value];
  const [cut, cells] = [view.cut.value, view.cells.value];
  if (!tree || !epoch || !cut || !cells) return null;
  if (cut.nodes.length === tree.leaves.length) {
    return { cut, cells, within: NONE };
  }
  const chosen = view.selection.value;
  const isCoarse =
    kindOf(chosen) !== "all" && !isMadeOf(tree, cut, spansOf(tree, chosen));
  if (isCoarse) return { cut: leafCut(tree), cells: epoch.cells, within: NONE };
  // With all answers shown, the diagonal holds the right ones, too.
  const right = (group: number): number =>
    view.show.value === "all" ? epoch.sums.right[cut.nodes[group]!]! : 0;
  const within = cells.diagonal.map((count, group) =>
    Math.max(0, count - right(group)),
  );
  return { cut, cells, within };
});

export const pairs = computed<Pairs | null>(() => {
  const tree = view.tree.value;
  const epoch = view.epoch.value;
  if (!tree || !epoch || !source.value) return null;
  const found = pairsIn(tree, source.value, view.selection.value);
  return sortPairs(tree, epoch.sums, found, sort.value);
});

/** Selects a pair, and moves there if it is out of sight. */
export function goTo({ rows, columns }: Pair): void {
  const tree = view.tree.value!;
  view.select(rows, columns);
  const { x, y, span } = view.shownWindow.value;
  const at = (node: number): number => tree.edge[tree.start[node]!]!;
  const isShown =
    at(rows) >= y &&
    at(rows) < y + span &&
    at(columns) >= x &&
    at(columns) < x + span;
  if (!isShown) {
    glideTo({ x: at(columns) - span / 2, y: at(rows) - span / 2, span });
  }
}

/** The list that one walks, though walking it selects something else. */
let walk: { list: Pairs; at: number; now: unknown } | null = null;

/** Goes to the next pair of the list, or the one before. */
export function walkPairs(by: 1 | -1): void {
  if (!walk || walk.now !== view.selection.value) {
    if (!pairs.value?.list.length) return;
    walk = { list: pairs.value, at: by > 0 ? -1 : 1, now: null };
  }
  const last = walk.list.list.length - 1;
  walk.at = Math.min(Math.max(walk.at + by, 0), last);
  goTo(pairAt(walk.list, walk.at));
  walk.now = view.selection.value;
}
