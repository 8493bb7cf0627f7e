/** What the user chose to see: colours, filters, bars. */

import { batch, computed, signal } from "@preact/signals";
import type { Cells, Epoch, Sums } from "../confusion/cells.ts";
import type { ColourTransfer } from "../confusion/cellValues.ts";
import {
  EVERYTHING,
  type Filters,
  levelOf,
  type Range,
  type Relation,
} from "../confusion/filters.ts";
import { findMissingClasses, isAbsence } from "../confusion/missingClasses.ts";
import type { Tree } from "../hierarchy/tree.ts";
import { isIncomplete, lazy } from "../ui/lazy.ts";
import { tree } from "./page.ts";

/** What stands beside the matrix: what is missing to 100 %, or how many. */
export type Bars = "rates" | "support";

export const colourTransfer = signal<ColourTransfer>("log");
export const sideBars = signal<Bars>("rates");
export const least = signal(1);
export const range = signal<Range>(EVERYTHING);
export const relation = signal<Relation | null>(null);
/** Name, or absence, of the classes that must take part. */
export const only = signal("");

/** What filters on samples leave: they count the classes' cells anew. */
export interface Recount {
  /** Null where they cannot be counted. */
  cells: Cells | null;
  /** The same samples in what the matrix is compared with. */
  other: Cells | null;
  /** What passes, for the caption. */
  words: string;
  /** What is not counted, and why. */
  note: string | null;
  clear: () => void;
}

export const recount = signal<Recount | null>(null);

/** An epoch with the errors that pass the filters on samples. */
export function counted(epoch: Epoch): Epoch {
  const cells = recount.value?.cells;
  return cells ? { ...epoch, cells } : epoch;
}

/** Room for the *other* row and column; they come when something is left out. */
export const remainderRoom = signal(0);

/** Whether the matrix is shown without some of its cells. */
export const leavesOutCells = computed(
  () =>
    least.value > 1 ||
    range.value.from > 0 ||
    range.value.below < Number.POSITIVE_INFINITY ||
    isRelated() ||
    only.value !== "",
);

/** Whether the tree has the groups within or between which errors are wanted. */
function isRelated(): boolean {
  const [of, wanted] = [tree.value, relation.value];
  return wanted !== null && (!of || levelOf(of, wanted) !== undefined);
}

/** Or without some of its samples. */
export const isFiltered = computed(
  () => leavesOutCells.value || !!recount.value?.cells,
);

interface Named {
  tree: Tree;
  text: string;
  positions: Uint8Array;
}
let named: Named | null = null;

const finding = lazy(() => import("../hierarchy/classSearch.ts"));

/** Whether the search for the named classes is still on its way. */
export const awaitsNames = computed(
  () =>
    only.value !== "" &&
    !isAbsence(only.value) &&
    !finding() &&
    !isIncomplete.value,
);

/** The classes that a text names; null until the search for them has come. */
export function wantedPositions(
  tree: Tree,
  text: string,
  sums: () => Sums | undefined,
): Uint8Array | null {
  if (isAbsence(text)) {
    const wanted = new Uint8Array(tree.leaves.length);
    const current = sums();
    for (const leaf of current ? findMissingClasses(tree, current)[text] : []) {
      wanted[tree.start[leaf]!] = 1;
    }
    return wanted;
  }
  if (named?.tree !== tree || named.text !== text) {
    const part = finding();
    if (!part) return null;
    named = { tree, text, positions: part.positionsNamed(tree, text) };
  }
  return named.positions;
}

export function filtersOn(tree: Tree, sums: () => Sums | undefined): Filters {
  return {
    least: least.value,
    range: range.value,
    relation: relation.value,
    only: only.value ? wantedPositions(tree, only.value, sums) : null,
  };
}

export function showAllCells(): void {
  batch(() => {
    least.value = 1;
    range.value = EVERYTHING;
    relation.value = null;
    only.value = "";
  });
}

export function clearFilters(): void {
  showAllCells();
  recount.value?.clear();
}

export const BARS: readonly Bars[] = ["rates", "support"];
