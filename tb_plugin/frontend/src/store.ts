/** Fetches what the view asks for, and keeps what it is likely to ask next. */

import { batch, effect } from "@preact/signals";
import {
  type EpochInfo,
  fetchCurves,
  fetchHierarchy,
  fetchMatrix,
  fetchRuns,
  fetchSeries,
  ServerGone,
} from "./api.ts";
import { Cache } from "./cache.ts";
import { decodeMatrix } from "./codec.ts";
import { restoreComparison } from "./compare.ts";
import { type Epoch, readEpoch } from "./counts.ts";
import { otherRoom, restoreFilters, VALUES } from "./filtering.ts";
import { restoreFolds } from "./folding.ts";
import { followed } from "./insight.ts";
import type { LinkedView } from "./link.ts";
import { restoreList } from "./listing.ts";
import {
  awaited,
  epochInOrder,
  inOrder,
  ordering,
  originOf,
} from "./ordering.ts";
import { nodesByLogged } from "./rearrange.ts";
import { boxFromLabels, carryOver, selectionOf } from "./selection.ts";
import { restoreTimeline } from "./timeline.ts";
import { buildTree, type Tree } from "./tree.ts";
import * as view from "./view.ts";

/** Bytes of decoded epochs kept, and how far ahead the next are fetched. */
const CACHE_BYTES = 128 * 2 ** 20;
const BYTES_PER_CELL = 12;
const NEIGHBOURS = 60;

export interface Loaded {
  epoch: Epoch;
  tree: Tree;
}

const epochCache = new Cache<Loaded>(CACHE_BYTES);
const trees = new Map<string, Promise<Tree>>();
const underWay = new Map<string, Promise<Loaded>>();

// A resumed run writes a step again: its time tells the two apart.
function keyOf(
  info: EpochInfo,
  run = view.run.value,
  output = view.output.value,
): string {
  return [run, output, info.step, info.wall_time].join("\n");
}

function loadTree(run: string, info: EpochInfo): Promise<Tree> {
  const digest = info.hierarchy ?? "";
  const key = `${digest} ${info.grouping ?? ""}`;
  let loading = trees.get(key);
  if (!loading) {
    loading = fetchHierarchy(run, digest, info.grouping ?? null).then(
      buildTree,
    );
    trees.set(key, loading);
    loading.catch(() => trees.delete(key));
  }
  return loading;
}

/** An epoch that is kept, or else fetched. */
export async function bring(
  info: EpochInfo,
  run: string,
  output: string,
): Promise<Loaded> {
  return (
    kept(keyOf(info, run, output)) ??
    epochInOrder(await load(info, run, output))
  );
}

/** An epoch that is kept, in the order that is chosen now. */
function kept(key: string): Loaded | undefined {
  const loaded = epochCache.get(key);
  if (!loaded) return undefined;
  const ordered = epochInOrder(loaded);
  if (ordered !== loaded) keep(key, ordered);
  return ordered;
}

function keep(key: string, loaded: Loaded): void {
  const weight = loaded.epoch.cells.count.length * BYTES_PER_CELL;
  epochCache.set(key, loaded, weight);
}

function load(
  info: EpochInfo,
  run = view.run.value,
  output = view.output.value,
): Promise<Loaded> {
  const key = keyOf(info, run, output);
  let loading = underWay.get(key);
  if (!loading) {
    loading = Promise.all([
      fetchMatrix(run, output, info.step),
      loadTree(run, info),
    ]).then(([buffer, origin]) => {
      const tree = inOrder(origin);
      const loaded = { epoch: readEpoch(decodeMatrix(buffer), tree), tree };
      keep(key, loaded);
      return loaded;
    });
    underWay.set(key, loading);
    const done = (): unknown => underWay.delete(key);
    loading.then(done, done);
  }
  return loading;
}

function infoAt(step: number): EpochInfo | undefined {
  return view.epochs.value.find((info) => info.step === step);
}

/** Shows the chosen epoch: at once when it is kept, else when it has come. */
async function showStep(): Promise<void> {
  const step = view.step.value;
  const info = infoAt(step);
  if (!info) return;
  if (!view.usable(info)) {
    batch(() => {
      view.epoch.value = null;
      view.epochError.value = info.error ?? "unreadable";
      view.drawnStep.value = step;
    });
    return;
  }
  const key = keyOf(info);
  let loaded = kept(key);
  try {
    loaded ??= epochInOrder(await load(info));
  } catch (error) {
    if (infoAt(view.step.value) !== info) return;
    if (error instanceof ServerGone) return report(error);
    batch(() => {
      view.epoch.value = null;
      view.epochError.value = messageOf(error);
      view.drawnStep.value = step;
    });
    return;
  }
  if (view.step.value !== step || infoAt(step) !== info) return;
  const { epoch, tree } = loaded;
  // A link may ask for an order that is still on its way.
  if (!view.tree.value && awaited.value) return;
  batch(() => {
    if (view.tree.value !== tree) {
      adopt(tree);
      view.restedEpoch.value = epoch;
    }
    view.epoch.value = epoch;
    view.epochError.value = null;
    view.drawnStep.value = step;
  });
  rest(epoch);
  prefetch(step);
}

/** Stillness after which labels follow the epoch. */
const REST = 400;

let resting = 0;

function rest(epoch: Epoch): void {
  clearTimeout(resting);
  const settle = (): void => {
    view.restedEpoch.value = epoch;
  };
  if (view.restedEpoch.value?.cells.size !== epoch.cells.size) settle();
  else resting = setTimeout(settle, REST) as unknown as number;
}

/** Takes over another tree, keeping what is selected where it exists. */
function adopt(tree: Tree): void {
  const before = view.tree.value;
  view.tree.value = tree;
  if (!before || before.edge.length !== tree.edge.length) {
    setWindow(view.fullWindow());
  }
  if (before) {
    const chosen = view.selection.value;
    const kept = carryOver(before, tree, chosen);
    view.selection.value = kept;
    if (originOf(before) === originOf(tree)) {
      const window = view.settledWindow.value;
      setWindow(view.clamp(followed(before, tree, window, chosen, kept)));
      const nodes = nodesByLogged(tree);
      view.curveNodes.value = view.curveNodes.value.map(
        (node) => nodes[before.logged[node]!]!,
      );
    }
  }
  view.hover.value = null;
  restore(tree);
}

export function setWindow(window: view.Window): void {
  view.shownWindow.value = window;
  view.settledWindow.value = window;
  view.headroom.value = view.headroomFor(window);
  otherRoom.value = view.otherRoomFor(window);
}

let fetchingAhead = false;

async function prefetch(around: number): Promise<void> {
  if (fetchingAhead) return;
  fetchingAhead = true;
  try {
    for (let distance = 1; distance <= NEIGHBOURS; distance++) {
      const at = view.epochs.value.findIndex((info) => info.step === around);
      for (const index of [at + distance, at - distance]) {
        const info = view.epochs.value[index];
        if (!info || !view.usable(info)) continue;
        const weight = (info.nonzeros ?? 0) * BYTES_PER_CELL;
        if (epochCache.isFull(weight) && distance > 4) return;
        if (!epochCache.has(keyOf(info))) {
          await load(info);
          await new Promise((idle) => setTimeout(idle, 4));
        }
      }
      // The user has moved on: so do we.
      if (view.step.value !== around) break;
    }
  } catch {
    // Whoever asks for that epoch will be told.
  } finally {
    fetchingAhead = false;
  }
  if (view.step.value !== around) await prefetch(view.step.value);
}

let link: LinkedView = {};

/** What a link says beyond run and epoch can wait for its tree. */
function restore(tree: Tree): void {
  const { rows, columns, box, window } = link;
  const node = (id: string | undefined): number =>
    id === undefined ? 0 : Math.max(0, tree.ids.indexOf(id));
  if (rows !== undefined) view.select(node(rows), node(columns ?? rows));
  const rectangle = box && boxFromLabels(tree, box);
  if (rectangle) view.selection.value = selectionOf(tree, rectangle);
  if (window) {
    const [x, y, span] = window;
    setWindow(view.clamp({ x, y, span }));
  }
  link = {};
}

export async function start(linked: LinkedView): Promise<void> {
  link = linked;
  view.value.value = VALUES.find((each) => each === linked.value) ?? "count";
  restoreFilters(linked);
  view.show.value = linked.show === "all" ? "all" : "errors";
  view.level.value = linked.level ?? 0;
  restoreList(linked);
  restoreComparison(linked);
  restoreTimeline(linked);
  restoreFolds(linked);
  effect(() => {
    view.step.value;
    view.epochs.value;
    ordering.value;
    awaited.value;
    void showStep();
  });
  effect(() => {
    const tree = view.tree.value;
    const group = view.curvedGroup.value;
    if (tree && view.epochs.value.length) void loadCurves(tree, group);
  });
  await reload();
}

/** Asks again for everything that may have grown. */
export async function reload(): Promise<void> {
  try {
    const before = seriesAsked;
    const fetched = await fetchRuns();
    // What the user has just chosen comes with news of its own.
    if (before !== seriesAsked || seriesUnderWay > 0) return;
    const runs = unlessSame(view.runs.value, fetched);
    view.runs.value = runs;
    const wanted = view.run.value || link.run;
    const chosen =
      runs.find(({ run }) => run === wanted) ??
      runs.find(({ split }) => split === "validation") ??
      runs[0];
    if (chosen) {
      const output = view.output.value || link.output;
      await loadSeries(chosen.run, outputOf(chosen.outputs, output));
    }
    view.problem.value = null;
    // While nobody answered, an epoch may have been asked for in vain.
    if (view.drawnStep.value !== view.step.value) void showStep();
  } catch (error) {
    report(error);
  }
}

/** The same object while it says the same, so that nothing is drawn anew. */
function unlessSame<T>(before: T | null, after: T): T {
  return before && JSON.stringify(before) === JSON.stringify(after)
    ? before
    : after;
}

/** The wanted output if there is one, else `class`, else the first. */
export function outputOf(
  outputs: string[],
  wanted: string | undefined,
): string {
  if (wanted !== undefined && outputs.includes(wanted)) return wanted;
  return outputs.includes("class") ? "class" : (outputs[0] ?? "");
}

export async function chooseRun(
  run: string,
  output = view.output.value,
): Promise<void> {
  const info = view.runs.value?.find((each) => each.run === run);
  if (!info) return;
  try {
    await loadSeries(run, outputOf(info.outputs, output));
    view.problem.value = null;
  } catch (error) {
    report(error);
  }
}

let seriesAsked = 0;
let seriesUnderWay = 0;

/** Goes over to a series, at the same epoch if it has that, else its last. */
async function loadSeries(run: string, output: string): Promise<void> {
  const asked = ++seriesAsked;
  seriesUnderWay++;
  const { epochs, role, layer } = await fetchSeries(run, output).finally(() => {
    seriesUnderWay--;
  });
  if (asked !== seriesAsked) return;
  const wanted = link.step ?? view.step.value;
  const kept = epochs.find(({ step }) => step === wanted);
  const chosen = kept ?? epochs.filter(view.usable).at(-1) ?? epochs.at(-1);
  delete link.step;
  const isSameSeries = run === view.run.value && output === view.output.value;
  batch(() => {
    view.run.value = run;
    view.output.value = output;
    view.role.value = unlessSame(view.role.value, { role, layer });
    view.epochs.value = isSameSeries
      ? unlessSame(view.epochs.value, epochs)
      : epochs;
    view.step.value = chosen?.step ?? 0;
  });
}

let curvesAsked = "";

async function loadCurves(tree: Tree, group: number | null): Promise<void> {
  const [run, output] = [view.run.value, view.output.value];
  // The server numbers nodes as the last epoch's tree does. While that is not
  // the one on screen, a number would mean another group, or none.
  const last = view.epochs.value.filter(view.usable).at(-1);
  const own = last && (await loadTree(run, last).catch(() => null));
  if (own !== originOf(tree) || view.tree.value !== tree) return;
  if (run !== view.run.value || output !== view.output.value) return;
  const first = [...(tree.levels[0]?.nodes ?? [])].slice(0, 8);
  const chosen = group ? [group] : [];
  const nodes = [...new Set([...chosen, ...first])];
  const numbers = nodes.map((node) => tree.logged[node]!);
  const asked = [
    ...[run, output, view.epochs.value.length],
    ...[view.epochs.value.at(-1)?.wall_time, ...numbers],
  ].join();
  if (asked === curvesAsked) return;
  curvesAsked = asked;
  try {
    const points = await fetchCurves(run, output, numbers);
    if (asked !== curvesAsked) return;
    batch(() => {
      view.curves.value = points;
      // Siblings may have changed places while it was on its way.
      const now = view.tree.value ?? tree;
      const isSame = originOf(now) === originOf(tree);
      const at = nodesByLogged(isSame ? now : tree);
      view.curveNodes.value = numbers.map((number) => at[number]!);
    });
  } catch (error) {
    if (error instanceof ServerGone) report(error);
    curvesAsked = "";
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function report(error: unknown): void {
  const gone = error instanceof ServerGone;
  view.problem.value = { text: messageOf(error), gone };
}
