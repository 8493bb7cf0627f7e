/** The list of confusions: what is in it, and walking through it. */

import { batch, computed, signal } from "@preact/signals";
import { comparisonView } from "../comparison/lazyComparison.ts";
import {
  isMadeOf,
  isOfTests,
  leafCut,
  type Pair,
  type Pairs,
  pairAt,
  pairsIn,
  type Source,
  sortPairs,
} from "../confusion/pairs.ts";
import type { PairTests } from "../confusion/pairTests.ts";
import type { Axis } from "../hierarchy/cuts.ts";
import { isAsymmetric } from "../hierarchy/groups.ts";
import { kindOf, type Selection, spansOf } from "../hierarchy/selection.ts";
import { glideTo, zoomDepth } from "../matrix/gestures/zoom.ts";
import * as view from "../state/all.ts";
import { otherEpoch } from "../state/comparison/comparedEpoch.ts";
import { sort } from "../state/confusionListSort.ts";
import { recount } from "../state/filters.ts";
import { drawnStamp } from "../state/page.ts";
import { loadedTests } from "./surprise/loadedTests.ts";

/** A pair that was chosen from the list, and what the list is of. */
const pinned = signal<{
  of: Selection;
  now: Selection;
  depth: number;
} | null>(null);

/** What the list is of: it stays while one goes through its pairs. */
export const listed = computed<Selection>(() =>
  pinned.value?.now === view.selection.value
    ? pinned.value.of
    : view.selection.value,
);

const NONE = new Float64Array();

/** Whether the level on screen is too coarse for what is listed. */
const isTooCoarse = computed(() => {
  const [tree, cut, chosen] = [view.tree.value, view.cut.value, listed.value];
  return (
    tree !== null &&
    cut !== null &&
    view.isCollapsed.value &&
    kindOf(chosen) !== "all" &&
    !isMadeOf(tree, cut, spansOf(tree, chosen))
  );
});

/** Where pairs are taken from: the level on screen unless it is too coarse. */
const source = computed<Source | null>(() => {
  const [tree, epoch] = [view.tree.value, view.epoch.value];
  const [cut, cells] = [view.cut.value, view.cells.value];
  if (!tree || !epoch || !cut || !cells) return null;
  const isCoarse = isTooCoarse.value;
  if (otherEpoch.value) {
    const compared = comparisonView.value;
    return compared?.comparedPairs(isCoarse ? leafCut(tree) : cut) ?? null;
  }
  if (!view.isCollapsed.value) {
    return { cut, cells, within: NONE };
  }
  if (isCoarse) {
    const counted = recount.value?.cells ?? epoch.cells;
    return { cut: leafCut(tree), cells: counted, within: NONE };
  }
  if (isAsymmetric(cut)) {
    return { cut, cells: view.wrongCells.value!, within: NONE };
  }
  // With all answers shown, the diagonal holds the right ones, too.
  const right = (group: number): number =>
    view.shownCells.value === "all"
      ? epoch.sums.correct[cut.nodes[group]!]!
      : 0;
  const within = cells.diagonal.map((count, group) =>
    Math.max(0, count - right(group)),
  );
  return { cut, cells, within };
});

/** By which tests the list is sorted, and of what; null if by none. */
export const wantedTests = computed(() => {
  const [tree, step] = [view.tree.value, view.drawnStep.value];
  const { key: by } = sort.value;
  if (!tree || step === view.NO_EPOCH || !isOfTests(by)) return null;
  const ofClasses = !view.isCollapsed.value || isTooCoarse.value;
  const level = ofClasses ? tree.levels.length - 1 : view.levelIndex.value;
  const [run, output] = [view.run.value, view.output.value];
  const key = [run, output, step, level, drawnStamp.value].join("\n");
  return { by, key, run, output, step, level };
});

/** What came of them; null until then. */
export const listedTests = computed<PairTests | null>(() => {
  const [wanted, loaded] = [wantedTests.value, loadedTests.value];
  const tree = view.tree.value;
  if (!tree || !wanted || loaded?.of !== wanted.key) return null;
  return loaded.found?.(tree, wanted) ?? null;
});

export const pairs = computed<Pairs | null>(() => {
  const tree = view.tree.value;
  const epoch = view.epoch.value;
  if (!tree || !epoch || !source.value) return null;
  const found = pairsIn(tree, source.value, listed.value);
  const tests = listedTests.value;
  return sortPairs(tree, epoch, { ...found, tests }, sort.value);
});

/** Selects a pair of the list, and moves there if it is out of sight. */
export function goTo({ rows, columns }: Pair): void {
  const tree = view.tree.value!;
  const of = listed.value;
  const { x, y, span } = view.shownWindow.value;
  const at = (node: number, axis: Axis): number =>
    view.placesOn(axis)(tree.leafEdges[tree.start[node]!]!);
  const [down, across] = [at(rows, "rows"), at(columns, "columns")];
  const isShown =
    down >= y && down < y + span && across >= x && across < x + span;
  batch(() => {
    view.select(rows, columns);
    pinned.value = { of, now: view.selection.value, depth: zoomDepth() };
  });
  if (!isShown) {
    glideTo({ x: across - span / 2, y: down - span / 2, span });
  }
}

/** Selects a class of a list, which stays. */
export function goToClass(node: number): void {
  const of = listed.value;
  batch(() => {
    view.select(node);
    pinned.value = { of, now: view.selection.value, depth: zoomDepth() };
  });
}

/** Back from a pair to what it was listed for; false if it was not listed. */
export function leavePair(): boolean {
  const isListed = listed.value !== view.selection.value;
  view.selection.value = listed.value;
  return isListed;
}

/** Whether the pair was chosen after the last zoom. */
export function pairIsLatest(): boolean {
  return pinned.value !== null && pinned.value.depth >= zoomDepth();
}

/** Goes to the next pair of the list, or the one before. */
export function walkPairs(by: 1 | -1): void {
  const found = pairs.value;
  if (!found?.list.length) return;
  const { rows, columns } = view.selection.value;
  const isHere = (_: number, index: number): boolean => {
    const pair = pairAt(found, index);
    return pair.rows === rows && pair.columns === columns;
  };
  const at = found.list.findIndex(isHere);
  const last = found.list.length - 1;
  goTo(pairAt(found, Math.min(Math.max(at + by, 0), last)));
}
