/** The state of the page: what was chosen, what came, what the pointer does. */

import { computed, signal } from "@preact/signals";
import type { Epoch } from "../confusion/cells.ts";
import type { Value } from "../confusion/cellValues.ts";
import { NOTHING, type Selection } from "../hierarchy/selection.ts";
import { nodesByLogged, type Tree } from "../hierarchy/tree.ts";
import type { CurvePoint, EpochInfo, RunInfo } from "../server/answers.ts";
import { originOf } from "./siblingOrder.ts";

export type Show = "errors" | "all";
export const SHOWN: readonly Show[] = ["errors", "all"];

/** The square of places that the matrix shows. */
export interface Window {
  x: number;
  y: number;
  span: number;
}

/** Curves over the epochs of a series. */
export interface LoadedCurves {
  run: string;
  output: string;
  points: readonly CurvePoint[];
  /** Whose recall and precision they hold, by their numbers in the log. */
  nodes: readonly number[];
  /** The tree of the log that numbers them. */
  tree: Tree;
  /**
   * Where there are several trees: the points with the levels of one of them.
   * As many levels of another are other groups.
   */
  levelsOf?: ((shown: Tree) => readonly CurvePoint[]) | undefined;
}

/** Stands for no epoch: logs may begin with 0. */
export const NO_EPOCH = -1;

// What the user chose.
export const run = signal("");
export const output = signal("");
/** The epoch that somebody chose; until then, the last one, whichever that is. */
export const chosenStep = signal(NO_EPOCH);
/** Number of groups of the level; 0 stands for the finest. */
export const level = signal(0);
export const cellValue = signal<Value>("count");
export const shownCells = signal<Show>("errors");
export const selection = signal<Selection>(NOTHING);
export const shownWindow = signal<Window>({ x: 0, y: 0, span: 1 });
export const playing = signal(false);
export const speed = signal(2);

/** What a link asks for, as long as it is not shown. */
export const wantedSeries = signal<{
  run?: string | undefined;
  output?: string | undefined;
  step?: number | undefined;
}>({});

// What came from the server.
export const runs = signal<RunInfo[] | null>(null);
/** The run on screen, as the source lists it. */
export const runInfo = computed(() =>
  runs.value?.find((each) => each.run === run.value),
);
/** How often the source was asked what is new: other runs may have grown. */
export const looks = signal(0);
export const epochs = signal<EpochInfo[]>([]);
/** The last epoch that can be read, or else the last one. */
export const lastStep = computed(() => {
  const last = epochs.value.findLast(usable) ?? epochs.value.at(-1);
  return last?.step ?? NO_EPOCH;
});
export const step = computed(() =>
  chosenStep.value === NO_EPOCH ? lastStep.value : chosenStep.value,
);
export const tree = signal<Tree | null>(null);
/** The epoch as it was logged. */
export const loggedEpoch = signal<Epoch | null>(null);
/** What leaves out the classes of a tree that a comparison cannot be of. */
export const restriction = signal<{
  tree: Tree;
  restrict: (epoch: Epoch) => Epoch;
} | null>(null);
export const epoch = computed<Epoch | null>(() => {
  const [logged, limit] = [loggedEpoch.value, restriction.value];
  return logged && limit && limit.tree === tree.value
    ? limit.restrict(logged)
    : logged;
});
/** The epoch by whose errors labels are chosen: they do not jump in play. */
export const restedEpoch = signal<Epoch | null>(null);
/** The step that `epoch` belongs to; behind `step` while that one loads. */
export const drawnStep = signal(NO_EPOCH);
/** What kind of output this is: "class", "head" or "probe", and where. */
export const role = signal<{ role: string; layer: string | null }>({
  role: "class",
  layer: null,
});
/** The curves that came last. */
export const loadedCurves = signal<LoadedCurves | null>(null);
const NO_POINTS: readonly CurvePoint[] = [];
const currentCurves = computed(() => {
  const found = loadedCurves.value;
  const isCurrent = found?.run === run.value && found.output === output.value;
  return isCurrent ? found : null;
});
/** A run that is training may have logged one more epoch than is known here. */
export function ofKnownEpochs<Point extends { step: number }>(
  points: readonly Point[],
): readonly Point[] {
  const last = epochs.value.at(-1)?.step ?? Number.POSITIVE_INFINITY;
  const isAhead = points.some(({ step }) => step > last);
  return isAhead ? points.filter(({ step }) => step <= last) : points;
}
/** What a tree, or its groups, are known by in the log. */
export function treeKey(of: Pick<EpochInfo, "hierarchy" | "grouping">): string {
  return `${of.hierarchy ?? ""} ${of.grouping ?? ""}`;
}
/** Points with the levels of the tree on screen. */
export function pointsOnScreen(of: LoadedCurves): readonly CurvePoint[] {
  const shown = tree.value;
  return (shown && of.levelsOf?.(originOf(shown))) ?? of.points;
}
/** Those of the series on screen; none till they come. */
export const curves = computed(() => {
  const found = currentCurves.value;
  return ofKnownEpochs(found ? pointsOnScreen(found) : NO_POINTS);
});
/** The nodes on screen with these numbers in a tree of the log; none of another. */
export function nodesOnScreen(
  of: Tree | undefined,
  numbers: readonly number[],
): readonly number[] {
  const { value: shown } = tree;
  if (!shown || originOf(shown) !== of) return [];
  const nodes = nodesByLogged(shown);
  return numbers.map((number) => nodes[number]!);
}
/** The nodes whose recall and precision `curves` holds, in its order. */
export const curveNodes = computed(() => {
  const found = currentCurves.value;
  return found ? nodesOnScreen(found.tree, found.nodes) : [];
});
/** Why the chosen epoch cannot be shown. */
export const epochError = signal<string | null>(null);
/** Why nothing can be shown, or nothing new. */
export const problem = signal<{ text: string; gone: boolean } | null>(null);

// What the pointer does.
export interface Hover {
  rows: number;
  columns: number | null;
  /** Pointer, in pixels of the page. */
  x: number;
  y: number;
}
export const hover = signal<Hover | null>(null);
/** While the matrix moves, labels wait. */
export const moving = signal(false);
export const pageSize = signal({ width: 1440, height: 836 });
/** Whether the labels of the bar of choices stand over what they name. */
export const barIsStacked = signal(false);
/** Height of that bar beyond its first row: the page begins below it. */
export const moreBar = signal(0);

/** Height given to the names of columns; they come when zoomed to classes. */
export const headroom = signal(0);

/** The window once it has come to rest. */
export const settledWindow = signal<Window>({ x: 0, y: 0, span: 1 });

export function usable(info: EpochInfo): boolean {
  return info.error === undefined;
}

/** Shows an epoch, `NO_EPOCH` for the last one, and marks when. */
export function goToStep(wanted: number): void {
  if (wanted !== step.value) {
    performance.clearMarks("blocks:step");
    performance.mark("blocks:step");
  }
  chosenStep.value = wanted;
}

/** The same along the epochs: who comes to the last one stays with the last. */
export function moveToStep(wanted: number): void {
  goToStep(wanted === lastStep.value ? NO_EPOCH : wanted);
}

/** The epoch `by` places further on, unreadable ones included. */
export function stepBy(by: number): void {
  const at = epochs.value.findIndex((info) => info.step === step.value);
  const last = epochs.value.length - 1;
  const next = epochs.value[Math.min(Math.max(at + by, 0), last)];
  if (next) moveToStep(next.step);
}

export function select(rows: number, columns = rows): void {
  selection.value = { rows, columns };
}

/** When an epoch was logged; undefined where it is not listed. */
export function stampOf(
  epochs: readonly EpochInfo[],
  step: number,
): number | undefined {
  return epochs.find((info) => info.step === step)?.wall_time;
}

/** That of the epoch on screen: a resumed run logs it again. */
export const drawnStamp = computed(() =>
  stampOf(epochs.value, drawnStep.value),
);

/**
 * Another one whenever any epoch is logged, or logged again.
 *
 * What is logged again ends all that is later, so the last one tells of it.
 */
export function stampOfAll(epochs: readonly EpochInfo[]): string {
  return [epochs.length, epochs.at(-1)?.wall_time].join();
}

/** Whether some run has logged samples. */
export function haveSamples(): boolean {
  return runs.value?.some(({ samples }) => samples?.length) ?? false;
}
