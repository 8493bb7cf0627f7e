/** How the lists of the panel are sorted, and how much of them shows. */

import { computed, signal } from "@preact/signals";
import { against, EPOCHS } from "./compare.ts";
import type { LinkedView } from "./link.ts";
import { isOfChange, SORT_KEYS, type Sort, type SortKey } from "./pairs.ts";

/** What the user chose; null for what suits. */
const chosenSort = signal<Sort | null>(null);

/** In a comparison by change, else by count. */
const usualKey = computed<SortKey>(() =>
  against.value && against.value !== EPOCHS ? "change" : "count",
);

export const sort = computed<Sort>(() => {
  const usual = { key: usualKey.value, flipped: false };
  const chosen = chosenSort.value ?? usual;
  // There is no change without a comparison.
  return isOfChange(chosen.key) && usual.key === "count" ? usual : chosen;
});

/** What can be sorted by now. */
export const sortKeys = computed(() =>
  SORT_KEYS.filter((key) => !isOfChange(key) || usualKey.value === "change"),
);

/** What the keys are called. */
export const SORTED_BY: Record<SortKey, string> = {
  change: "change",
  fewer: "fewer errors",
  count: "count",
  share: "% of row",
  mutual: "mutual",
  distance: "distance",
  actual: "actual",
  predicted: "predicted",
};

/** Whether the list of confusions has the panel to itself. */
export const isLong = signal(false);

export const PART_KEYS = [
  "name",
  "classes",
  "recall",
  "precision",
  "f1",
  "missed",
  "intruding",
] as const;

export type PartKey = (typeof PART_KEYS)[number];

/** The groups or classes in the selection; null for what suits them. */
export const partSort = signal<{ key: PartKey; flipped: boolean } | null>(null);

/** Sorts by a key, or the other way round if that is how it is sorted. */
export function sortBy(key: SortKey): void {
  const { key: before, flipped } = sort.value;
  chosenSort.value = { key, flipped: key === before && !flipped };
}

export function sortPartsBy(key: PartKey): void {
  const before = partSort.value;
  const flipped = before?.key === key && !before.flipped;
  partSort.value = { key, flipped };
}

/** In a link, a minus stands before a key that is flipped. */
function write(sorted: { key: string; flipped: boolean }): string {
  return (sorted.flipped ? "-" : "") + sorted.key;
}

function read<Key extends string>(
  text: string | undefined,
  keys: readonly Key[],
): { key: Key; flipped: boolean } | null {
  const key = keys.find((each) => each === text?.replace(/^-/, ""));
  return key ? { key, flipped: text!.startsWith("-") } : null;
}

export const linkedList = computed<LinkedView>(() => {
  const { key, flipped } = sort.value;
  const isUsual = key === usualKey.value && !flipped;
  return {
    ...(isUsual ? {} : { sort: write(sort.value) }),
    ...(partSort.value ? { parts: write(partSort.value) } : {}),
    ...(isLong.value ? { list: "long" } : {}),
  };
});

export function restoreList(linked: LinkedView): void {
  chosenSort.value = read(linked.sort, SORT_KEYS);
  partSort.value = read(linked.parts, PART_KEYS);
  isLong.value = linked.list === "long";
}
