/** What the user chose to see: colours, filters, bars. */

import { batch, computed, signal } from "@preact/signals";
import { absences, isAbsence } from "./absences.ts";
import type { Cells, Sums } from "./counts.ts";
import {
  EVERYTHING,
  type Filters,
  type Range,
  type Relation,
} from "./filters.ts";
import { isIncomplete, late } from "./late.ts";
import type { LinkedView } from "./link.ts";
import type { Curve, Value } from "./scale.ts";
import type { Tree } from "./tree.ts";

/** What stands beside the matrix: what is missing to 100 %, or how many. */
export type Bars = "rates" | "support";

export const curve = signal<Curve>("log");
export const bars = signal<Bars>("rates");
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

/** Room for the *other* row and column; they come when something is left out. */
export const otherRoom = signal(0);

/** Whether the matrix is shown without some of its cells. */
export const leavesOutCells = computed(
  () =>
    least.value > 1 ||
    range.value.from > 0 ||
    range.value.below < Number.POSITIVE_INFINITY ||
    relation.value !== null ||
    only.value !== "",
);

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

const finding = late(() => import("./find.ts"));

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
    for (const leaf of current ? absences(tree, current)[text] : []) {
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

export const VALUES: readonly Value[] = ["count", "share", "column", "excess"];
const CURVES: readonly Curve[] = ["log", "sqrt", "linear"];

type Linked = Pick<
  LinkedView,
  "scale" | "bars" | "least" | "from" | "below" | "within" | "between" | "only"
>;

/** What a link says of all this. */
export const linkedFilters = computed<Linked>(() => {
  const { from, below } = range.value;
  const { kind, groups } = relation.value ?? {};
  return {
    ...(curve.value === "log" ? {} : { scale: curve.value }),
    ...(bars.value === "rates" ? {} : { bars: bars.value }),
    ...(least.value > 1 ? { least: least.value } : {}),
    ...(from > 0 ? { from } : {}),
    ...(below < Number.POSITIVE_INFINITY ? { below } : {}),
    ...(kind ? { [kind]: groups } : {}),
    ...(only.value ? { only: only.value } : {}),
  };
});

export function restoreFilters(linked: Linked): void {
  const wanted = linked.scale as Curve;
  curve.value = CURVES.includes(wanted) ? wanted : "log";
  bars.value = linked.bars === "support" ? "support" : "rates";
  least.value = Math.max(linked.least ?? 1, 1);
  range.value = {
    from: Math.max(linked.from ?? 0, EVERYTHING.from),
    // A link without the number would leave out everything.
    below: linked.below || EVERYTHING.below,
  };
  if (linked.within !== undefined) {
    relation.value = { kind: "within", groups: linked.within };
  } else if (linked.between !== undefined) {
    relation.value = { kind: "between", groups: linked.between };
  } else relation.value = null;
  only.value = linked.only ?? "";
}
