/** The curves of the run's other split: training beside validation. */

import { computed, effect, signal } from "@preact/signals";
import {
  type CurvePoint,
  type EpochInfo,
  fetchCurves,
  fetchSeries,
  type RunInfo,
} from "./api.ts";
import { against, againstOutput } from "./compare.ts";
import { showsOther } from "./timeline.ts";
import * as view from "./view.ts";

export interface OtherCurves {
  /** The sub-run on screen that these stand beside, and their own. */
  beside: string;
  run: string;
  points: CurvePoint[];
  /** As `curveNodes`; none when the other split has another tree. */
  nodes: readonly number[];
}

export const otherCurves = signal<OtherCurves | null>(null);

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
  const isOther = againstOutput.value && againstOutput.value !== output;
  if (against.value === view.run.value || isOther) return null;
  const found = view.runs.value?.find(({ run }) => run === against.value);
  return found?.outputs.includes(output) ? found : null;
});

/** The sub-run whose curves stand beside those on screen. */
export const besides = computed(
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
    a.hierarchy === b?.hierarchy &&
    a.grouping === b.grouping
  );
}

/** These curves come last: the server scores every epoch for them. */
const PATIENCE = 500;

let asked = "";

export function followOtherSplit(): void {
  effect(() => {
    const points = view.curves.value;
    const [run, output] = [view.run.value, view.output.value];
    const nodes = view.curveNodes.value;
    if (!points.length || !showsOther.value) return;
    const other = besides.value;
    if (!other) return;
    const last = view.epochs.value.at(-1)?.wall_time;
    const key = [run, other.run, output, last, points.length, ...nodes].join();
    if (key === asked) return;
    const timer = setTimeout(() => {
      asked = key;
      void load(run, other, output, nodes, () => key === asked);
    }, PATIENCE);
    return () => clearTimeout(timer);
  });
}

async function load(
  run: string,
  other: RunInfo,
  output: string,
  nodes: readonly number[],
  isWanted: () => boolean,
): Promise<void> {
  try {
    const { epochs } = await fetchSeries(other.run, output);
    const own = sameTree(view.epochs.value, epochs) ? nodes : [];
    const points = await fetchCurves(other.run, output, own);
    if (!isWanted()) return;
    otherCurves.value = { beside: run, run: other.run, points, nodes: own };
  } catch {
    // They are an addition: the strip does without them, and asks again.
    if (isWanted()) asked = "";
  }
}
