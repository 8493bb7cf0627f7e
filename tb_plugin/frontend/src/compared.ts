/** What follows from a comparison: the difference, and what to say of it. */

import { computed } from "@preact/signals";
import type { Changes, NodeChange } from "./changes.ts";
import {
  against,
  arrangement,
  EPOCHS,
  isSideBySide,
  second,
  secondError,
} from "./compare.ts";
import { sumBetween } from "./confusions.ts";
import { type Cells, collapse, type Epoch, type Groups } from "./counts.ts";
import { foldedOf } from "./cuts.ts";
import { recount } from "./filtering.ts";
import { keep, testOfClasses } from "./filters.ts";
import { folds } from "./folding.ts";
import { late } from "./late.ts";
import { palette } from "./theme.ts";
import * as view from "./view.ts";

const parts = late(() => import("./comparing.ts"));

/** What comparisons need, once one was asked for and it has come. */
export const comparing = computed(() => (against.value ? parts() : null));

/** Whether another run or epoch is asked for. */
export const isComparing = computed(
  () => against.value !== "" && against.value !== EPOCHS,
);

/** What the two are called; nothing before that has come. */
export const names = computed(
  () => comparing.value?.namesOfBoth() ?? { shown: "", other: "" },
);

const match = computed(() => {
  const tree = view.tree.value;
  const there = second.value;
  const code = comparing.value;
  if (!tree || !there || !code) return null;
  if (there.tree === tree) return "same";
  const info = view.epochs.value.find(
    ({ step }) => step === view.drawnStep.value,
  );
  const areSame =
    info?.hierarchy === there.hierarchy &&
    (info?.grouping ?? null) === there.grouping;
  return code.matchTrees(there.tree, tree, areSame, {
    other:
      there.output === view.output.value
        ? code.nameOf(there.run)
        : there.output,
    shown:
      there.output === view.output.value
        ? code.nameOf(view.run.value)
        : view.output.value,
  });
});

/** Why the two cannot be compared. */
export const mismatch = computed<string | null>(() => {
  if (!isComparing.value) return null;
  if (secondError.value) return secondError.value;
  const found = match.value;
  return found && found !== "same" && "why" in found ? found.why : null;
});

/** Whether the shown classes would go into the groups of the other. */
export const canTurn = computed(() => {
  const [tree, there] = [view.tree.value, second.value?.tree];
  if (mismatch.value === null || !tree || !there) return false;
  return comparing.value?.isWithin(tree, there) ?? false;
});

/** The other epoch in the places of the shown tree. */
export const other = computed<Epoch | null>(() => {
  const tree = view.tree.value;
  const there = second.value;
  const found = match.value;
  const code = comparing.value;
  if (!isComparing.value || !code || !tree || !there || !found) return null;
  if (found === "same") return there.epoch;
  return "to" in found ? code.realign(there.epoch, found.to, tree) : null;
});

/** Whether one matrix is shown that holds changes. */
export const showsChanges = computed(
  () => isComparing.value && !isSideBySide.value && mismatch.value === null,
);

/** Counts of unequal numbers of samples say nothing; shares of rows do. */
export const isOtherSize = computed(() => {
  const [here, there] = [view.epoch.value, other.value];
  if (!here || !there) return false;
  return Math.abs(here.total - there.total) > 0.001 * here.total;
});

export const inShares = computed(
  () => isOtherSize.value || view.value.value === "share",
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
  return collapse(wanted, cut, view.show.value === "errors");
}

export const shownCells = computed(() =>
  isComparing.value ? cellsOf(view.epoch.value, recount.value?.cells) : null,
);
export const otherCells = computed(() =>
  cellsOf(other.value, recount.value?.other),
);

/** Samples of each row of a cut. */
export function samplesOf(
  { nodes }: Groups,
  here: Epoch,
  there: Epoch,
): Record<"shown" | "other", Float64Array> {
  const samples = ({ sums }: Epoch): Float64Array =>
    Float64Array.from(nodes, (node) => sums.actual[node]!);
  return { shown: samples(here), other: samples(there) };
}

const rowSamples = computed(() => {
  const [here, there, cut] = [view.epoch.value, other.value, view.cut.value];
  return here && there && cut ? samplesOf(cut, here, there) : undefined;
});

/** The difference as it is drawn. */
export const changes = computed<Changes | null>(() => {
  const [here, there] = [shownCells.value, otherCells.value];
  if (!showsChanges.value || !comparing.value || !here || !there) return null;
  return comparing.value.subtract(
    here,
    there,
    inShares.value ? rowSamples.value : undefined,
    inShares.value ? undefined : view.filters.value?.least,
  );
});

/** What settles the colours: as in the scale of counts, no folded group. */
const largest = computed(() => {
  const [tree, cut, found] = [view.tree.value, view.cut.value, changes.value];
  if (!comparing.value || !tree || !cut || !found) return 0;
  return comparing.value.largestOf(found, {
    rows: foldedOf(tree, cut.nodes, folds.value.rows),
    columns: foldedOf(tree, cut.columns.nodes, folds.value.columns),
  });
});

export const changeScale = computed(() =>
  comparing.value && changes.value
    ? comparing.value.makeChangeScale(
        largest.value,
        inShares.value,
        !view.isCollapsed.value,
        palette.value,
      )
    : null,
);

/** The cells that the pointer can catch. */
export const pointable = computed<Pick<
  Cells,
  "rowStart" | "column" | "diagonal"
> | null>(() => changes.value ?? view.cells.value);

/** The other matrix beside the shown one, in the same colours. */
export const twin = computed(() => {
  const there = other.value;
  if (arrangement.value !== "twins" || !there) return null;
  return comparing.value?.twinPicture(there) ?? null;
});

/**
 * How a node fares in the other epoch; null while nothing is compared.
 *
 * Counts are NaN where numbers of samples differ: only shares compare then.
 */
export function changeOfNode(node: number): NodeChange | null {
  const [here, there] = [view.epoch.value, other.value];
  if (!comparing.value || !here || !there) return null;
  const change = comparing.value.changeOf(here.sums, there.sums, node);
  if (!isOtherSize.value) return change;
  const not = Number.NaN;
  return { ...change, inside: not, wrong: not, missed: not, intruding: not };
}

/** How many samples more a block has there; null while it cannot be said. */
export function changeOfBlock(rows: number, columns: number): number | null {
  const [here, there, tree] = [view.epoch.value, other.value, view.tree.value];
  if (!here || !there || !tree || isOtherSize.value) return null;
  const count = (epoch: Epoch): number =>
    sumBetween(tree, epoch, rows, columns);
  return count(there) - count(here);
}
