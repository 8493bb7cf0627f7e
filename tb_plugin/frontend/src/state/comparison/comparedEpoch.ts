/** What follows from a comparison: the difference, and what to say of it. */

import { computed } from "@preact/signals";
import { type Cells, collapse, type Epoch } from "../../confusion/cells.ts";
import type { CellTests, Chance } from "../../confusion/chance/chance.ts";
import type { Changes } from "../../confusion/difference.ts";
import { keep, testOfClasses } from "../../confusion/filters.ts";
import type { Match, Overlap } from "../../confusion/treeMatching.ts";
import { foldedOf } from "../../hierarchy/cuts.ts";
import type { Groups } from "../../hierarchy/groups.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import { lazy } from "../../ui/lazy.ts";
import { palette } from "../../ui/theme.ts";
import * as view from "../all.ts";
import { recount } from "../filters.ts";
import { folds } from "../folds.ts";
import { runCount } from "../seeds/runSpread.ts";
import { ERRORS, tab } from "../tabs.ts";
import {
  comparedRun,
  comparedSeries,
  comparisonError,
  EPOCHS,
  isSideBySide,
} from "./comparison.ts";
import { testedCells, withinChance } from "./evidence.ts";

const numbers = lazy(() => import("./comparisonNumbers.ts"));

/** The arithmetic of comparisons, once one was asked for and it has come. */
export const comparisonNumbers = computed(() =>
  comparedRun.value ? numbers() : null,
);

/** Whether another run or epoch is asked for. */
export const isComparing = computed(
  () => comparedRun.value !== "" && comparedRun.value !== EPOCHS,
);

/**
 * Whether the other is an earlier epoch of what is shown. What is later is then
 * compared with it, whichever of them is shown: changes go with the training.
 */
export const isEarlier = computed(() => {
  const there = comparedSeries.value;
  return (
    isComparing.value &&
    there?.run === view.run.value &&
    there.output === view.output.value &&
    there.step < view.drawnStep.value
  );
});

export const isOneSeries = computed(
  () =>
    comparedSeries.value?.run === view.run.value &&
    comparedSeries.value.output === view.output.value,
);

/** What changes start from, and what they lead to. */
export function inOrderOfChange<T>(shown: T, other: T): [from: T, to: T] {
  return isEarlier.value ? [other, shown] : [shown, other];
}

/** What the two are called; nothing before that has come. */
export const comparisonNames = computed(() => {
  const shown = {
    run: view.run.value,
    output: view.output.value,
    step: view.drawnStep.value,
  };
  const names = comparisonNumbers.value?.namesOf(
    shown,
    comparedSeries.value ?? comparedRun.value,
    view.runs.value ?? [],
  ) ?? { shown: "", other: "" };
  const [from, to] = inOrderOfChange(names.shown, names.other);
  return { ...names, from, to };
});

let matched: { of: readonly unknown[]; found: Match } | null = null;

const match = computed(() => {
  const tree = view.tree.value;
  const there = comparedSeries.value;
  const code = comparisonNumbers.value;
  if (!tree || !there || !code) return null;
  if (there.tree === tree) return "same";
  const info = view.epochs.value.find(
    ({ step }) => step === view.drawnStep.value,
  );
  const areSame =
    info?.hierarchy === there.hierarchy &&
    (info?.grouping ?? null) === there.grouping;
  const nameOf = (run: string, output: string): string =>
    there.output === view.output.value
      ? code.nameOf(run, view.runs.value ?? [], [view.run.value, there.run])
      : output;
  const other = nameOf(there.run, there.output);
  const shown = nameOf(view.run.value, view.output.value);
  // The same for all epochs of two series.
  const of = [there.tree, tree, areSame, other, shown];
  if (!of.every((each, i) => each === matched?.of[i])) {
    const found = code.matchTrees(there.tree, tree, areSame, { other, shown });
    matched = { of, found };
  }
  return matched!.found;
});

/** Which classes both have; null where these are all, or it is not known. */
export const overlap = computed<Overlap | null>(() => {
  const found = match.value;
  return found && found !== "same" && "to" in found ? found.overlap : null;
});

/** Whether a node has classes that both have, where two are compared. */
export function isShared(tree: Tree, node: number): boolean {
  const own = overlap.value?.own.subarray(tree.start[node]!, tree.stop[node]!);
  return own?.some((there) => there >= 0) ?? true;
}

export const mismatch = computed<string | null>(() => {
  if (!isComparing.value) return null;
  if (comparisonError.value) return comparisonError.value;
  const found = match.value;
  return found && found !== "same" && "why" in found ? found.why : null;
});

/** The other epoch in the places of the shown tree. */
export const otherEpoch = computed<Epoch | null>(() => {
  const tree = view.tree.value;
  const there = comparedSeries.value;
  const found = match.value;
  const code = comparisonNumbers.value;
  if (!isComparing.value || !code || !tree || !there || !found) return null;
  const epoch = code.meanOf(there.epoch);
  if (found === "same") return epoch;
  return "to" in found ? code.realign(epoch, found, tree) : null;
});

/** An epoch as it is shown: of several runs the sum, or compared the mean. */
export function asShown(epoch: Epoch): Epoch {
  const code = isComparing.value ? comparisonNumbers.value : null;
  return code?.meanOf(epoch) ?? epoch;
}

/** Whether one matrix is shown that holds changes. */
export const showsChanges = computed(
  () => isComparing.value && !isSideBySide.value && mismatch.value === null,
);

/** Counts of unequal numbers of samples say nothing; shares of rows do. */
export const isOtherSize = computed(() => {
  const [here, there] = [view.epoch.value, otherEpoch.value];
  if (!here || !there) return false;
  return Math.abs(here.total - there.total) > 0.001 * here.total;
});

export const inShares = computed(
  () => isOtherSize.value || view.cellValue.value === "share",
);

/** The cells of an epoch at the level, without what filters leave out. */
function cellsOf(epoch: Epoch | null, counted?: Cells | null): Cells | null {
  const [tree, cut, filters] = [
    view.tree.value,
    view.cut.value,
    view.filters.value,
  ];
  if (!epoch || !tree || !cut || !filters) return null;
  const wanted = keep(counted ?? epoch.cells, testOfClasses(tree, filters));
  return collapse(wanted, cut, view.shownCells.value === "errors");
}

export const ownCells = computed(() =>
  isComparing.value ? cellsOf(view.epoch.value, recount.value?.cells) : null,
);
export const otherCells = computed(() =>
  cellsOf(otherEpoch.value, recount.value?.other),
);

/** Samples of each row of a cut, as changes are computed: `other` from `shown`. */
export function samplesOf(
  { nodes }: Groups,
  here: Epoch,
  there: Epoch,
): Record<"shown" | "other", Float64Array> {
  const samples = ({ sums }: Epoch): Float64Array =>
    Float64Array.from(nodes, (node) => sums.support[node]!);
  const [from, to] = inOrderOfChange(samples(here), samples(there));
  return { shown: from, other: to };
}

const rowSamples = computed(() => {
  const [here, there, cut] = [
    view.epoch.value,
    otherEpoch.value,
    view.cut.value,
  ];
  return here && there && cut ? samplesOf(cut, here, there) : undefined;
});

export const difference = computed(() => {
  const [here, there] = [ownCells.value, otherCells.value];
  if (!comparisonNumbers.value || !here || !there) return null;
  return comparisonNumbers.value.differenceOf(
    ...inOrderOfChange(here, there),
    inShares.value ? rowSamples.value : undefined,
  );
});

export const changes = computed<Changes | null>(() => {
  if (!showsChanges.value || !comparisonNumbers.value || !difference.value)
    return null;
  return comparisonNumbers.value.changesOf(
    difference.value,
    inShares.value ? undefined : view.filters.value?.least,
  );
});

/** Whether sets of runs are compared: then runs are counted, not samples. */
export const isOfSets = computed(
  () => runCount.value > 1 || (comparedSeries.value?.epoch.sums.runs ?? 1) > 1,
);

export const cellTests = computed<CellTests | null>(() => {
  const [tree, cells] = [view.tree.value, testedCells.value];
  const code = comparisonNumbers.value;
  return code && tree && cells ? code.testsOfCells(tree, cells) : null;
});

/** Whether samples are counted that were chosen by what the runs answered. */
export const isOfChosenSamples = computed(
  () => isComparing.value && !!recount.value?.cells,
);

/** Which of the changes are beyond chance. */
export const chance = computed<Chance | null>(() => {
  const [found, samples] = [changes.value, rowSamples.value];
  const cut = view.cut.value;
  if (!comparisonNumbers.value || !found || !samples || !cut) return null;
  if (isOfChosenSamples.value) {
    return comparisonNumbers.value.leaveUntested(found);
  }
  const holdsRight = view.shownCells.value === "all";
  if (isOfSets.value) {
    const right = holdsRight ? withinChance.value : null;
    const tests = cellTests.value;
    return comparisonNumbers.value.flagChanges(found, cut, tests, right);
  }
  const all = difference.value;
  if (!all) return null;
  return comparisonNumbers.value.flagsOfDrawn(
    comparisonNumbers.value.testChanges(all, samples, holdsRight),
    found,
  );
});

/**
 * What settles the colours: the largest change beyond chance; as in the scale
 * of counts, no folded group. Where all is chance, what chance may do.
 */
const largest = computed(() => {
  const [tree, cut, found] = [view.tree.value, view.cut.value, changes.value];
  const [code, samples] = [comparisonNumbers.value, rowSamples.value];
  if (!code || !tree || !cut || !found || !samples || !chance.value) return 0;
  const folded = {
    rows: foldedOf(tree, cut.nodes, folds.value.rows),
    columns: foldedOf(tree, cut.columns.nodes, folds.value.columns),
  };
  return (
    code.largestOf(found, folded, chance.value) ||
    code.chanceOfLargest(found, samples, inShares.value)
  );
});

export const changeScale = computed(() =>
  comparisonNumbers.value && changes.value
    ? comparisonNumbers.value.makeChangeScale(
        largest.value,
        inShares.value,
        palette.value,
      )
    : null,
);

/** The cells that the pointer can catch. */
export const pointable = computed<Pick<
  Cells,
  "rowStart" | "column" | "diagonal"
> | null>(() =>
  tab.value === ERRORS ? (changes.value ?? view.cells.value) : null,
);
