/** The curves of the run's other split: training beside validation. */

import { computed, effect, signal } from "@preact/signals";
import type { EpochInfo, RunInfo, Series } from "../server/answers.ts";
import { SourceGone, source } from "../server/source.ts";
import * as view from "../state/all.ts";
import { comparedOutput, comparedRun } from "../state/comparison/comparison.ts";
import { stampOfAll } from "../state/page.ts";
import { showsComparisonCurves } from "../state/timeline.ts";
import { Latest } from "../ui/latest.ts";
import { PromiseCache } from "../ui/promiseCache.ts";
import { withTrees } from "./curves.ts";

/** They have no nodes when the other split has another tree. */
export interface ComparisonCurves extends view.LoadedCurves {
  /** The sub-run on screen that these stand beside. */
  beside: string;
}

export const comparisonCurves = signal<ComparisonCurves | null>(null);

/** The split to compare with: training, or else validation, or any. */
export function otherSplit(
  runs: readonly RunInfo[],
  run: string,
  output: string,
): RunInfo | null {
  const shown = runs.find((each) => each.run === run);
  if (!shown) return null;
  const others = runs.filter(
    (each) =>
      each.name === shown.name &&
      each.run !== run &&
      each.outputs.includes(output),
  );
  const wanted = shown.split === "train" ? "validation" : "train";
  return others.find(({ split }) => split === wanted) ?? others[0] ?? null;
}

/** What the run on screen is compared with, where it has the same output. */
export const compared = computed<RunInfo | null>(() => {
  const output = view.output.value;
  const isOther = comparedOutput.value && comparedOutput.value !== output;
  if (comparedRun.value === view.run.value || isOther) return null;
  const found = view.runs.value?.find(({ run }) => run === comparedRun.value);
  return found?.outputs.includes(output) ? found : null;
});

/** The sub-run whose curves stand beside those on screen. */
export const comparisonSeries = computed(
  () =>
    compared.value ??
    otherSplit(view.runs.value ?? [], view.run.value, view.output.value),
);

/** Whether two series number the nodes of their curves alike. */
export function sameTree(
  one: readonly EpochInfo[],
  other: readonly EpochInfo[],
): boolean {
  const [a, b] = [one, other].map((epochs) =>
    epochs.filter(view.usable).at(-1),
  );
  return (
    a?.hierarchy !== undefined &&
    b !== undefined &&
    view.treeKey(a) === view.treeKey(b)
  );
}

const lists = new PromiseCache<Series>(4);

/** The epochs of what stands beside; once a look, as it may have grown. */
export function seriesBeside(run: string, output: string): Promise<Series> {
  const key = [run, output, view.looks.peek()].join("\n");
  return lists.get(key, () => source().series(run, output));
}

/** These curves come last: the server scores every epoch for them. */
const PATIENCE = 500;

const listing = new Latest();
const request = new Latest();

export function followOtherSplit(): void {
  effect(() => {
    view.looks.value;
    const { length } = view.curves.value;
    const own = view.loadedCurves.value;
    const { value: epochs } = view.epochs;
    if (!own || !length || !showsComparisonCurves.value) return;
    const other = comparisonSeries.value;
    if (!other) return;
    const timer = setTimeout(() => void load(own, epochs, other), PATIENCE);
    return () => clearTimeout(timer);
  });
}

async function load(
  { run, output, nodes: followed, tree }: view.LoadedCurves,
  shown: readonly EpochInfo[],
  other: RunInfo,
): Promise<void> {
  const isListed = listing.begin();
  try {
    const { epochs } = await seriesBeside(other.run, output);
    if (!isListed()) return;
    const stamps = [shown, epochs].map(stampOfAll);
    const key = [run, other.run, output, ...stamps, ...followed].join();
    const isLatest = request.beginOnce(key);
    if (!isLatest) return;
    const nodes = sameTree(shown, epochs) ? followed : [];
    const points = await source().curves(other.run, output, nodes);
    const levelsOf = await withTrees(points, other.run, epochs, shown);
    if (!isLatest()) return;
    comparisonCurves.value = {
      beside: run,
      run: other.run,
      output,
      points,
      nodes,
      tree,
      levelsOf,
    };
  } catch (error) {
    // They are an addition: the timeline does without them. What was refused is
    // refused again, but a server that was away may have come back.
    if (error instanceof SourceGone) request.drop();
  }
}
