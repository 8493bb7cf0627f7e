/** The entry that the panel tells of, and walking from one to the next. */

import { batch, computed } from "@preact/signals";
import { clear, pinned, which } from "../samples/choices.ts";
import { showAllCells } from "../samples/narrowing.ts";
import { INTO, RIGHT, WITHIN } from "../samples/which.ts";
import { entry, tab } from "../tab.ts";
import * as view from "../view.ts";
import { cellOf, type Entry, LISTS } from "./entries.ts";
import { entries, sampled } from "./loading.ts";
import { judge, type Verdict } from "./verdicts.ts";

const everything = computed(() => {
  const { overlapping, suspect, diverse } = entries.value;
  return [...overlapping, ...suspect, ...diverse] as Entry[];
});

/** The one that was chosen, else the first. */
export const told = computed<Entry | null>(() => {
  const all = everything.value;
  return all.find(({ link }) => link === entry.value) ?? all[0] ?? null;
});

export function choose(wanted: Entry): void {
  const tree = view.tree.peek();
  if (!tree) return;
  batch(() => {
    entry.value = wanted.link;
    view.select(...cellOf(tree, wanted));
  });
}

/** Another entry of the same list. */
export function walkBy(by: 1 | -1): void {
  const from = told.peek();
  const next = from && entries.peek()[from.list][from.at + by];
  if (next) choose(next);
}

/** The entry beside it, in the next list that has some. */
export function walkAcross(by: 1 | -1): void {
  const from = told.peek();
  if (!from) return;
  for (
    let at = LISTS.indexOf(from.list) + by;
    at >= 0 && at < LISTS.length;
    at += by
  ) {
    const list = entries.peek()[LISTS[at]!];
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
    which.value = of.list === "overlapping" ? WITHIN | INTO : null;
    if (of.list === "suspect" && there) {
      const { sample } = of.of;
      const { actual, predicted } = there.facts;
      const leaf = (positions: Uint16Array): number =>
        there.tree.leaves[positions[sample]!]!;
      view.select(leaf(actual), leaf(predicted));
      // The label may be what the network names first, and suspect yet.
      if (actual[sample] === predicted[sample]) which.value = RIGHT;
      pinned.value = sample;
    }
    tab.value = "samples";
  });
}
