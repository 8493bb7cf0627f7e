/** How the lists of the panel are sorted, and how much of them shows. */

import { computed, signal } from "@preact/signals";
import type { LinkedView } from "./link.ts";
import { SORT_KEYS, type Sort, type SortKey } from "./pairs.ts";

export const sort = signal<Sort>({ key: "count", flipped: false });

/** What the keys are called. */
export const SORTED_BY: Record<SortKey, string> = {
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
  sort.value = { key, flipped: key === before && !flipped };
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
  const isUsual = key === "count" && !flipped;
  return {
    ...(isUsual ? {} : { sort: write(sort.value) }),
    ...(partSort.value ? { parts: write(partSort.value) } : {}),
    ...(isLong.value ? { list: "long" } : {}),
  };
});

export function restoreList(linked: LinkedView): void {
  const sorted = read(linked.sort, SORT_KEYS);
  if (sorted) sort.value = sorted;
  partSort.value = read(linked.parts, PART_KEYS);
  isLong.value = linked.list === "long";
}
