/** The curves of the run's other split: training beside validation. */

import { computed, effect, signal } from "@preact/signals";
import type { EpochInfo, RunInfo } from "../server/answers.ts";
import { source } from "../server/source.ts";
import { comparedOutput, comparedRun } from "../state/comparison/comparison.ts";
import { showsComparisonCurves } from "../state/timeline.ts";
import * as view from "../state/view.ts";
import { Latest } from "../ui/latest.ts";
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

/** These curves come last: the server scores every epoch for them. */
const PATIENCE = 500;

const request = new Latest();
let askedFor = "";

export function followOtherSplit(): void {
  effect(() => {
    const { length } = view.curves.value;
    const [run, output] = [view.run.value, view.output.value];
    const own = view.loadedCurves.value;
    if (!own || !length || !showsComparisonCurves.value) return;
    const other = comparisonSeries.value;
    if (!other) return;
    const { value: epochs } = view.epochs;
    const last = epochs.at(-1)?.wall_time;
    const key = [run, other.run, output, last, length, ...own.nodes].join();
    if (key === askedFor) return;
    const timer = setTimeout(() => {
      askedFor = key;
      void load(own, epochs, other);
    }, PATIENCE);
    return () => clearTimeout(timer);
  });
}

async function load(
  { run, output, nodes: followed, tree }: view.LoadedCurves,
  shown: readonly EpochInfo[],
  other: RunInfo,
): Promise<void> {
  const isLatest = request.begin();
  try {
    const { epochs } = await source().series(other.run, output);
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
  } catch {
    // They are an addition: the timeline does without them, and asks again.
    if (isLatest()) askedFor = "";
  }
}
