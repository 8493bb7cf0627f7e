/** Which samples are shown, in which order: what follows from the choices. */

import { computed, signal } from "@preact/signals";
import { type Cells, countAt } from "../../confusion/cells.ts";
import {
  type Filters,
  type Test,
  testOfClasses,
} from "../../confusion/filters.ts";
import type { Cut } from "../../hierarchy/groups.ts";
import * as view from "../../state/all.ts";
import { comparedPlace } from "../../state/comparison/comparedPlace.ts";
import { comparedSeries } from "../../state/comparison/comparison.ts";
import { leavesOutCells } from "../../state/filters.ts";
import { earlier, type Loaded, other, shown } from "../data/loadSamples.ts";
import { type Facts, factsOf, hasSameLabels } from "../data/sampleFacts.ts";
import { layRows, type Rows } from "../grid/gridRows.ts";
import * as choices from "./choices.ts";
import { type Arranged, arrange } from "./grouping.ts";
import { type Change, passing, type Tests } from "./sampleFilters.ts";
import {
  CORRECT,
  countWhich,
  FALSE_NEGATIVE,
  offered,
  sortOut,
  WRONG_CLASS,
} from "./sampleRoles.ts";

/** The matrix as it is shown, and what it shows. */
interface Drawn {
  cut: Cut;
  wanted: Cells;
  shown: Cells;
  errorsOnly: boolean;
}

/**
 * [N] which samples lie in cells that are shown.
 *
 * A sample of another epoch may have an empty cell, which counts as 0.
 */
export function inShownCells(
  { trueLeaf: actual, predictedLeaf: predicted }: Facts,
  { cut, wanted, shown, errorsOnly }: Drawn,
  filters: Pick<Filters, "least" | "range">,
  ofClasses: Test | null,
): Uint8Array {
  const passesEmpty = filters.least <= 1 && filters.range.from <= 0;
  return Uint8Array.from(actual, (row, i) => {
    const column = predicted[i]!;
    if (ofClasses && !ofClasses(row, column, 1)) return 0;
    if (row === column && errorsOnly) return 1;
    const [down, across] = [cut.groupOf[row]!, cut.columns.groupOf[column]!];
    if (countAt(shown, down, across) > 0) return 1;
    return passesEmpty && countAt(wanted, down, across) === 0 ? 1 : 0;
  });
}

function factsIn(loaded: Loaded | null): Facts | null {
  const tree = view.tree.value;
  if (!loaded || !tree) return null;
  if (loaded.record.header.classes !== tree.leaves.length) return null;
  if (loaded.tree && !hasSameLabels(tree, loaded.tree)) return null;
  return factsOf(loaded.record, loaded.index, tree);
}

/** Those of the run and output on screen; null while they are on their way. */
const ofShown = computed(() => {
  const loaded = shown.value;
  const isOfIt =
    loaded?.run === view.run.value && loaded.output === view.output.value;
  return isOfIt ? loaded : null;
});

export const facts = computed(() => factsIn(ofShown.value));

/** Why the samples cannot be called by the classes on screen. */
export const misfit = computed(() => {
  const [tree, own] = [view.tree.value, ofShown.value?.tree];
  return tree && own && !hasSameLabels(tree, own)
    ? "These samples are of the classes of another tree. Choose an epoch with samples of its own."
    : null;
});

/** Of the same samples in another record; null where they are others. */
function same(loaded: Loaded | null): Facts | null {
  if (loaded?.record.header.index !== shown.value?.record.header.index) {
    return null;
  }
  return factsIn(loaded);
}

/** Those of the compared series; null while they are on their way. */
export const otherSamples = computed(() => {
  const [there, loaded] = [comparedSeries.value, other.value];
  const isOfIt = there?.run === loaded?.run && there?.output === loaded?.output;
  return isOfIt ? loaded : null;
});

/** The other samples’ epoch where it is none to compare with; else null. */
export const otherEpochOfSamples = computed(() => {
  const [here, there] = [shown.value?.step, comparedSeries.value?.step];
  const step = otherSamples.value?.step;
  if (step === undefined || here === undefined) return null;
  const asksForSame = comparedPlace.value === "same";
  if (asksForSame && step === here) return null;
  const isShown = !asksForSame || here === view.drawnStep.value;
  return isShown && step === there ? null : step;
});

/** Of the same classes, if the other run has another tree over them. */
export const otherFacts = computed(() => {
  const [tree, there] = [view.tree.value, comparedSeries.value?.tree];
  if (!tree || !there || otherEpochOfSamples.value !== null) return null;
  return hasSameLabels(tree, there) ? same(otherSamples.value) : null;
});
export const earlierFacts = computed(() => same(earlier.value));

/** What each sample is to the selection, wherever its cell is. */
const sortedOfAll = computed(() => {
  const tree = view.tree.value;
  return facts.value && tree
    ? sortOut(tree, facts.value, view.selection.value)
    : null;
});

/** [N] which lie in cells that the matrix shows; null where it shows all. */
const inCells = computed(() => {
  const [here, tree, cut] = [facts.value, view.tree.value, view.cut.value];
  const [picture, filters] = [view.picture.value, view.filters.value];
  if (!leavesOutCells.value) return null;
  if (!here || !tree || !cut || !picture || !filters) return null;
  const { wanted, shown } = picture;
  const drawn = {
    cut,
    wanted,
    shown,
    errorsOnly: view.shownCells.value === "errors",
  };
  return inShownCells(here, drawn, filters, testOfClasses(tree, filters));
});

/** What each sample is to the selection; 0 where its cell is left out. */
export const sorted = computed(() => {
  const [all, isIn] = [sortedOfAll.value, inCells.value];
  return all && isIn ? all.map((bit, i) => bit * isIn[i]!) : all;
});

const offer = computed(() =>
  view.tree.value
    ? offered(view.tree.value, view.selection.value)
    : { all: 0, usual: 0 },
);

export const allBits = computed(() => offer.value.all);

/** The bits of what is shown. */
export const bits = computed(() => {
  const { all, usual } = offer.value;
  const chosen = (choices.roles.value ?? usual) & all;
  return chosen || usual;
});

export function toggleWhich(bit: number): void {
  const next = bits.value ^ bit;
  if (next) choices.roles.value = next === offer.value.usual ? null : next;
}

const filters = computed(() => {
  const changes: { there: Facts; change: Change }[] = [];
  const add = (there: Facts | null, change: Change | null): void => {
    if (there && change) changes.push({ there, change });
  };
  add(otherFacts.value, choices.betweenRuns.value);
  add(earlierFacts.value, choices.sinceThen.value);
  return {
    low: choices.low.value,
    high: choices.high.value,
    ranks: choices.ranks.value,
    changes,
  };
});

/** Whether any is set that can be applied: the other record may be missing. */
export const isFiltering = computed(() => {
  const { low, high, ranks, changes } = filters.value;
  return low > 0 || high < 1 || ranks !== null || changes.length > 0;
});

function passesOf(tests?: Tests): Uint8Array | null {
  const top = shown.value?.record.header.top ?? 0;
  return facts.value && passing(facts.value, filters.value, top, tests);
}

/** [N] which samples pass all filters. */
export const passes = computed(() => passesOf());

/** The same without one of the tests: what its histogram counts. */
export const passesButProbability = computed(() =>
  passesOf({ probability: false, rank: true, change: true }),
);
export const passesButRank = computed(() =>
  passesOf({ probability: true, rank: false, change: true }),
);
export const passesButChange = computed(() =>
  passesOf({ probability: true, rank: true, change: false }),
);

/** Whether what changed is looked for among right answers. */
const looksForRight = computed(() =>
  filters.value.changes.some(({ change }) => change === "won"),
);

/** Whether all that is shown is wrong. */
export const areErrors = computed(
  () => (bits.value & CORRECT) === 0 && !looksForRight.value,
);

const wantedBits = computed(() =>
  looksForRight.value ? bits.value | CORRECT : bits.value,
);

/** Which samples the choice of `bits` lets in. */
export const isWanted = computed(() => {
  const [found, wanted] = [sorted.value, wantedBits.value];
  return (i: number): boolean => ((found?.[i] ?? 0) & wanted) !== 0;
});

/** How many would be shown but for the cells that the matrix leaves out. */
export const leftOut = computed(() => {
  const [all, isIn, pass] = [sortedOfAll.value, inCells.value, passes.value];
  let count = 0;
  if (!all || !isIn || !pass) return count;
  for (let i = 0; i < isIn.length; i++) {
    if (!isIn[i] && pass[i] && all[i]! & wantedBits.value) count++;
  }
  return count;
});

/** The samples of the selection itself, and what else is shown. */
export const concerned = computed(() => {
  let count = 0;
  const wanted = bits.value | FALSE_NEGATIVE | WRONG_CLASS | CORRECT;
  for (const bit of sortedOfAll.value ?? []) if (bit & wanted) count++;
  return count;
});

/** Samples of each bit that pass the filters. */
export const counts = computed(() =>
  sorted.value && passes.value ? countWhich(sorted.value, passes.value) : {},
);

/** Samples that the choices would show without filters. */
export const unfiltered = computed(() => {
  let count = 0;
  const [found, wanted] = [sorted.value, wantedBits.value];
  for (const bit of found ?? []) if (bit & wanted) count++;
  return count;
});

const NOTHING: Arranged = { list: new Uint32Array(), groups: [] };

export const arranged = computed(() => {
  const [pass, wanted] = [passes.value, isWanted.value];
  if (!facts.value || !pass) return NOTHING;
  return arrange(
    facts.value,
    (i) => pass[i] === 1 && wanted(i),
    choices.grouping.value,
    choices.sortedBy.value,
  );
});

/** How many pictures stand side by side; the grid knows how wide it is. */
export const across = signal(10);

/** The key by which a group is remembered as open, whatever the order. */
export function labelOf(group: number): number {
  const { actual, predicted } = arranged.value.groups[group]!;
  const order = view.tree.value!.order;
  const [row, column] = [actual, predicted].map((at) =>
    at === null ? 0 : order[at]!,
  ) as [number, number];
  const isPair = actual !== null && predicted !== null;
  return isPair ? row * order.length + column : Math.max(row, column);
}

export function isOpen(group: number): boolean {
  const { groups } = arranged.value;
  return groups.length === 1 || choices.opened.value.has(labelOf(group));
}

export const rows = computed<Rows>(() =>
  layRows(arranged.value.groups, across.value, choices.size.value, isOpen),
);

export function toggleOpen(group: number): void {
  const label = labelOf(group);
  const next = new Set(choices.opened.value);
  if (!next.delete(label)) next.add(label);
  choices.opened.value = next;
}

/** Place in the list of each sample that is shown. */
export const placeOf = computed(() => {
  const places = new Map<number, number>();
  const { list } = arranged.value;
  for (let at = 0; at < list.length; at++) places.set(list[at]!, at);
  return places;
});
