/** The entry that the panel is about, and walking from one to the next. */

import { batch, computed, signal } from "@preact/signals";
import { clear, pinned, roles } from "../../samples/selection/choices.ts";
import {
  CORRECT,
  FALSE_POSITIVE,
  WRONG_CLASS,
} from "../../samples/selection/sampleRoles.ts";
import * as view from "../../state/all.ts";
import { showAllCells } from "../../state/filters.ts";
import { entry, tab } from "../../state/tabs.ts";
import {
  cellOf,
  type Entry,
  type LabelList,
  type ListName,
} from "./entries.ts";
import { entries, sampled } from "./loadQuality.ts";
import { judge, type Verdict } from "./verdicts.ts";

const everything = computed(() => {
  const { overlapping, suspect, two_objects, diverse } = entries.value;
  return [...overlapping, ...suspect, ...two_objects, ...diverse] as Entry[];
});

const chosenLabels = signal<LabelList>("suspect");

/** Which list of labels is shown: that of the entry that is inspected. */
export const labelList = computed<LabelList>(() => {
  const list = inspectedEntry.value?.list;
  return list === "suspect" || list === "two_objects"
    ? list
    : chosenLabels.value;
});

/** The lists that are shown, side by side. */
export const places = computed<ListName[]>(() => [
  "overlapping",
  labelList.value,
  "diverse",
]);

export function showLabels(list: LabelList): void {
  chosenLabels.value = list;
  const [first] = entries.peek()[list];
  if (first && inspectedEntry.peek()?.list !== list) choose(first);
}

/** The one that was chosen, else the first. */
export const inspectedEntry = computed<Entry | null>(() => {
  const all = everything.value;
  return all.find(({ link }) => link === entry.value) ?? all[0] ?? null;
});

export function choose(wanted: Entry): void {
  const tree = view.tree.peek();
  if (!tree) return;
  batch(() => {
    // It stays when one goes on to another list.
    chosenLabels.value = labelList.peek();
    entry.value = wanted.link;
    view.select(...cellOf(tree, wanted));
  });
}

export function walkBy(by: 1 | -1): void {
  const from = inspectedEntry.peek();
  const next = from && entries.peek()[from.list][from.at + by];
  if (next) choose(next);
}

/** The entry beside it, in the next list that has some. */
export function walkAcross(by: 1 | -1): void {
  const from = inspectedEntry.peek();
  if (!from) return;
  const lists = places.peek();
  for (
    let at = lists.indexOf(from.list) + by;
    at >= 0 && at < lists.length;
    at += by
  ) {
    const list = entries.peek()[lists[at]!];
    const next = list[Math.min(from.at, list.length - 1)];
    if (next) {
      choose(next);
      return;
    }
  }
}

/** Gives a verdict and goes on; taking one back stays where it is. */
export function judgeAndGoOn(of: Entry, verdict: Verdict): void {
  choose(of);
  if (judge(of, verdict)) walkBy(1);
}

export function jumpToCell(of: Entry): void {
  choose(of);
  tab.value = "errors";
}

/** Its samples, in their own view: all of them, whatever was filtered. */
export function openSamples(of: Entry): void {
  const there = sampled.peek();
  choose(of);
  batch(() => {
    clear();
    showAllCells();
    pinned.value = null;
    roles.value =
      of.list === "overlapping" ? WRONG_CLASS | FALSE_POSITIVE : null;
    const isLabel = of.list === "suspect" || of.list === "two_objects";
    if (isLabel && there) {
      const { sample } = of.of;
      const { trueLeaf: actual, predictedLeaf: predicted } = there.facts;
      const leaf = (positions: Uint16Array): number =>
        there.tree.leaves[positions[sample]!]!;
      view.select(leaf(actual), leaf(predicted));
      // The label may be what the network names first, and suspect yet.
      if (actual[sample] === predicted[sample]) roles.value = CORRECT;
      pinned.value = sample;
    }
    tab.value = "samples";
  });
}
