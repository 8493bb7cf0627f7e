/** Fetches the rates of the selected part in the run that stands beside. */

import { computed, effect } from "@preact/signals";
import { nodesOver } from "../hierarchy/cover.ts";
import { type Selection, type Span, spansOf } from "../hierarchy/selection.ts";
import { hasClasses, type Tree } from "../hierarchy/tree.ts";
import type { RatePoint } from "../server/answers.ts";
import { source } from "../server/source.ts";
import * as view from "../state/all.ts";
import { stampOfAll } from "../state/page.ts";
import { partRates } from "../state/partRates.ts";
import { originOf } from "../state/siblingOrder.ts";
import { showsComparisonCurves } from "../state/timeline.ts";
import { PromiseCache } from "../ui/promiseCache.ts";
import { loadTree } from "./epochs.ts";
import { LatestAnswer } from "./latestAnswer.ts";
import { comparisonSeries, seriesBeside } from "./otherSplit.ts";
import { MOST } from "./rates.ts";

const loaded = new LatestAnswer<{
  of: Selection;
  run: string;
  output: string;
  beside: string;
  points: readonly RatePoint[];
}>();

const NONE: readonly RatePoint[] = [];

/** Those of the run or the split whose curves stand beside; none till they come. */
export const comparedRates = computed(() => {
  const found = loaded.value.value;
  const isCurrent =
    showsComparisonCurves.value &&
    found?.of === view.selection.value &&
    found.run === comparisonSeries.value?.run &&
    found.output === view.output.value &&
    found.beside === view.run.value;
  return isCurrent ? found.points : NONE;
});

const answers = new PromiseCache<RatePoint[]>(20);

export function followComparedRates(): void {
  effect(() => {
    view.looks.value;
    const [tree, chosen] = [view.tree.value, view.selection.value];
    const other = comparisonSeries.value;
    const [beside, output] = [view.run.value, view.output.value];
    // Those of what is shown come first.
    if (!tree || !other || !partRates.value) return;
    if (showsComparisonCurves.value) {
      void load(beside, other.run, output, tree, chosen);
    }
  });
}

function load(
  beside: string,
  run: string,
  output: string,
  tree: Tree,
  chosen: Selection,
): Promise<void> {
  const spans = spansOf(tree, chosen);
  return loaded.ask(async (isLatest) => {
    // The server numbers nodes as the last epoch's tree does.
    const { epochs } = await seriesBeside(run, output);
    const last = epochs.filter(view.usable).at(-1);
    const there = last && (await loadTree(run, last));
    if (!there || !isLatest()) return null;
    const rows = nodesIn(there, tree, spans.rows);
    const columns = nodesIn(there, tree, spans.columns);
    if (!rows || !columns) return null;
    const stamp = stampOfAll(epochs);
    const key = [run, output, stamp, rows, columns].join("\n");
    const points = await answers.get(key, () =>
      source().rates(run, output, rows, columns),
    );
    return { of: chosen, run, output, beside, points };
  });
}

/**
 * The nodes of another tree that hold the classes of a span, as it is logged;
 * null where it lacks one, or has groups that are known by their numbers.
 */
export function nodesIn(there: Tree, tree: Tree, span: Span): number[] | null {
  let found: (number | undefined)[];
  if (there === originOf(tree)) {
    found = nodesOver(tree, span).map((node) => tree.logged[node]);
  } else {
    if (!hasClasses(tree) || !hasClasses(there)) return null;
    const leaves = new Map(
      Array.from(there.leaves, (leaf) => [there.ids[leaf]!, leaf]),
    );
    found = Array.from(tree.leaves.slice(...span), (leaf) => {
      const same = leaves.get(tree.ids[leaf]!);
      return same === undefined ? undefined : there.logged[same];
    });
  }
  const isWhole = found.length <= MOST && !found.includes(undefined);
  return isWhole ? (found as number[]) : null;
}
