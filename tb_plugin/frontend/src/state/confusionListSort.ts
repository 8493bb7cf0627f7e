/** How the lists of the panel are sorted, and how much of them shows. */

import { computed, signal } from "@preact/signals";
import {
  isOfChange,
  isOfTests,
  SORT_KEYS,
  type Sort,
  type SortKey,
} from "../confusion/pairs.ts";
import { kindOf } from "../hierarchy/selection.ts";
import { comparedRun, EPOCHS } from "./comparison/comparison.ts";
import { recount } from "./filters.ts";
import { selection } from "./page.ts";

/** What the user chose; null for what suits. */
export const chosenSort = signal<Sort | null>(null);

/** In a comparison by change, else by count. */
export const usualSort = computed<Sort>(() => ({
  key: comparedRun.value && comparedRun.value !== EPOCHS ? "change" : "count",
  flipped: false,
}));

/** There is no change without a comparison, and no test of one in the list. */
function isOffered(key: SortKey): boolean {
  const isCompared = usualSort.value.key === "change";
  if (isOfChange(key)) return isCompared;
  return !isOfTests(key) || (!isCompared && !recount.value?.cells);
}

/** What can be sorted by now. */
export const sortKeys = computed(() => SORT_KEYS.filter(isOffered));

export const sort = computed<Sort>(() => {
  const chosen = chosenSort.value;
  return chosen && isOffered(chosen.key) ? chosen : usualSort.value;
});

/** Why some sorts are not offered; undefined where they are. */
export const whyFewSorts = computed(() =>
  sortKeys.value.some(isOfTests)
    ? undefined
    : "Surprise and one-way are tested in one matrix of all its samples",
);

/** What the keys are called. */
export const SORTED_BY: Record<SortKey, string> = {
  change: "change",
  fewer: "fewer errors",
  count: "count",
  share: "% of row",
  mutual: "mutual",
  surprise: "surprise",
  oneway: "one-way",
  distance: "distance",
  actual: "actual",
  predicted: "predicted",
};

/** Whether the list of confusions has the panel to itself. */
export const isLong = signal(false);

export const PART_KEYS = [
  "name",
  "classes",
  "samples",
  "recall",
  "precision",
  "f1",
  "missed",
  "intruding",
] as const;

export type PartKey = (typeof PART_KEYS)[number];

/** The groups or classes in the selection; null for what suits them. */
export const partSort = signal<{ key: PartKey; flipped: boolean } | null>(null);

/** What all classes are sorted by; the last three are rules, and few pass. */
export const CLASS_KEYS = [
  "recall",
  "samples",
  "precision",
  "over",
  "change",
  "rank",
  "name",
  "worst",
  "sinks",
  "misplaced",
] as const;

export type ClassKey = (typeof CLASS_KEYS)[number];

/** How all classes are sorted that are listed; null while groups are. */
export const classSort = signal<{ key: ClassKey; flipped: boolean } | null>(
  null,
);

/** The rectangle over their scatter, in thousandths of the plot; or nothing. */
export const classBox = signal("");

/** Whether all classes are listed; of what is no group there are none. */
export const listsClasses = computed(() => {
  const kind = kindOf(selection.value);
  return classSort.value !== null && (kind === "all" || kind === "group");
});

/** How many answers to the samples of each class had which probability. */
export interface ClassAnswers {
  bins: number;
  /** [C * bins] class by class, in display order. */
  right: Uint32Array;
  wrong: Uint32Array;
}

/** Of the drawn epoch; null where no samples of it are logged, or have come. */
export const classAnswers = signal<ClassAnswers | null>(null);

/** Whether a list has the panel to itself. */
export const isListing = computed(() => isLong.value || listsClasses.value);

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

export function sortClassesBy(key: ClassKey): void {
  const before = classSort.value;
  const flipped = before?.key === key && !before.flipped;
  classSort.value = { key, flipped };
}

/** In a link, a minus stands before a key that is flipped. */
export function sortToText(sorted: { key: string; flipped: boolean }): string {
  return (sorted.flipped ? "-" : "") + sorted.key;
}

export function sortFromText<Key extends string>(
  text: string | undefined,
  keys: readonly Key[],
): { key: Key; flipped: boolean } | null {
  const key = keys.find((each) => each === text?.replace(/^-/, ""));
  return key ? { key, flipped: text!.startsWith("-") } : null;
}
