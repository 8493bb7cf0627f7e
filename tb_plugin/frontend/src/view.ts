/** The state of the page: a handful of signals, and what follows from them. */

import { computed, signal } from "@preact/signals";
import type { CurvePoint, EpochInfo, RunInfo } from "./api.ts";
import { against, arrangement, linkedComparison } from "./compare.ts";
import { type Cut, type Epoch, makeCut } from "./counts.ts";
import { coarser, cutNodes, underFolds } from "./cuts.ts";
import {
  curve,
  filtersOn,
  isFiltered,
  linkedFilters,
  otherRoom,
} from "./filtering.ts";
import { makePicture } from "./filters.ts";
import { folds, isMixed, linkedFolds } from "./folding.ts";
import { HEADROOM, type Layout, layoutFor, OTHER } from "./layout.ts";
import type { LinkedView } from "./link.ts";
import { linkedList } from "./listing.ts";
import { linkedOrder } from "./ordering.ts";
import { makeScale, type Value } from "./scale.ts";
import {
  boxToLabels,
  type Chosen,
  chosenOn,
  isWithin,
  kindOf,
  NOTHING,
  type Selection,
  type Span,
  spansOf,
} from "./selection.ts";
import { palette } from "./theme.ts";
import { linkedTimeline } from "./timeline.ts";
import {
  classesOf,
  contains,
  cutBelow,
  isLeaf,
  positionAt,
  type Tree,
  totalClasses,
} from "./tree.ts";

export type { Value } from "./scale.ts";
export type Show = "errors" | "all";

export type { Selection } from "./selection.ts";

/** The square of places that the matrix shows. */
export interface Window {
  x: number;
  y: number;
  span: number;
}

// What the user chose.
export const run = signal("");
export const output = signal("");
export const step = signal(0);
/** Number of groups of the level; 0 stands for the finest. */
export const level = signal(0);
export const value = signal<Value>("count");
export const show = signal<Show>("errors");
export const selection = signal<Selection>(NOTHING);
export const shownWindow = signal<Window>({ x: 0, y: 0, span: 1 });
export const playing = signal(false);
export const speed = signal(2);

// What came from the server.
export const runs = signal<RunInfo[] | null>(null);
export const epochs = signal<EpochInfo[]>([]);
export const tree = signal<Tree | null>(null);
export const epoch = signal<Epoch | null>(null);
/** The epoch by whose errors labels are chosen: they do not jump in play. */
export const restedEpoch = signal<Epoch | null>(null);
/** The step that `epoch` belongs to; behind `step` while that one loads. */
export const drawnStep = signal(0);
/** What kind of output this is: "class", "head" or "probe", and where. */
export const role = signal<{ role: string; layer: string | null }>({
  role: "class",
  layer: null,
});
export const curves = signal<CurvePoint[]>([]);
/** The nodes whose recall and precision `curves` holds, in its order. */
export const curveNodes = signal<readonly number[]>([]);
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

/** Height given to the names of columns; they come when zoomed to classes. */
export const headroom = signal(0);

export const layout = computed<Layout>(() =>
  layoutFor(
    pageSize.value.width,
    pageSize.value.height,
    headroom.value,
    arrangement.value,
    otherRoom.value,
  ),
);

/** How many groups can have a line each beside the matrix. */
const mostLines = computed(() => {
  const { width, height } = pageSize.value;
  return layoutFor(width, height, 0, arrangement.value).matrix.size / 3.2;
});

/** What a window leaves for the names of columns. */
export function headroomFor({ x, span }: Window): number {
  const current = tree.value;
  if (!current || span >= fullWindow().span - 1e-6 || isCoarse.value) {
    return 0;
  }
  const first = positionAt(current, x);
  const last = positionAt(current, x + span - 1e-6);
  return last - first < mostLines.value ? HEADROOM : 0;
}

/** What it leaves for what it does not show. */
export function otherRoomFor({ span }: Window): number {
  const isPart = isFiltered.value || span < fullWindow().span - 1e-6;
  return isPart && !against.value ? OTHER : 0;
}

function shownIn(current: Tree, from: number, span: number): Int32Array {
  const fine = rowsOfGroups.value.map((nodes) =>
    nodes.filter(
      (node) =>
        current.edge[current.stop[node]!]! > from &&
        current.edge[current.start[node]!]! < from + span,
    ),
  );
  const fitting = fine.filter(({ length }) => length <= mostLines.value);
  return fitting.at(-1) ?? fine[0]!;
}

export const levelIndex = computed(() => {
  const levels = tree.value?.levels ?? [];
  const at = levels.findIndex(({ groups }) => groups === level.value);
  return at < 0 ? levels.length - 1 : at;
});

/** The groups of the level, whatever is folded. */
export const levelNodes = computed(
  () => tree.value?.levels[levelIndex.value]?.nodes ?? null,
);

export const cut = computed<Cut | null>(() =>
  tree.value && levelNodes.value
    ? makeCut(tree.value, cutNodes(tree.value, levelNodes.value, folds.value))
    : null,
);

/** Whether some rows stand for several classes. */
export const isCollapsed = computed(
  () =>
    tree.value !== null &&
    cut.value !== null &&
    cut.value.nodes.length < tree.value.leaves.length,
);

/** Whether all of them do, but for groups that were opened. */
export const isCoarse = computed(
  () => tree.value !== null && levelIndex.value < tree.value.levels.length - 1,
);

/** What may stand beside the matrix, coarse to fine: the last is the cut. */
const rowsOfGroups = computed<Int32Array[]>(() => {
  const current = tree.value;
  if (!current || !cut.value) return [];
  const { nodes } = cut.value;
  const levels = current.levels.slice(0, levelIndex.value + 1);
  if (!isMixed.value) return levels.map((level) => level.nodes);
  return [
    ...levels.map((level) => coarser(current, level.nodes, nodes)),
    nodes,
  ];
});

export const scale = computed(() =>
  epoch.value && cut.value
    ? makeScale(value.value, epoch.value.sums, cut.value, palette.value, {
        curve: curve.value,
        errorsOnly: show.value === "errors",
      })
    : null,
);

export const filters = computed(() =>
  tree.value ? filtersOn(tree.value, () => epoch.value?.sums) : null,
);

/** The cells of the chosen level, with or without right answers. */
export const picture = computed(() =>
  epoch.value && tree.value && cut.value && scale.value && filters.value
    ? makePicture(
        epoch.value.cells,
        { tree: tree.value, cut: cut.value, scale: scale.value },
        filters.value,
        show.value === "errors",
      )
    : null,
);

/** Those that are drawn. */
export const cells = computed(() => picture.value?.shown ?? null);

export const selectedGroup = computed(() => {
  const { rows, columns, box } = selection.value;
  return rows === columns && !box ? rows : null;
});

/** The group that has curves over the epochs: that of a band, too. */
export const curvedGroup = computed(() => {
  const { rows, columns } = selection.value;
  const kind = kindOf(selection.value);
  return kind === "block" || kind === "rectangle" ? null : rows || columns;
});

/** The window once it has come to rest. */
export const settledWindow = signal<Window>({ x: 0, y: 0, span: 1 });

/** The smallest node that holds every row that is shown. */
export const focus = computed(() => {
  const current = tree.value;
  if (!current || !isZoomed.value) return 0;
  const { y, span } = settledWindow.value;
  // Half a class of slack, so that zooming to a node focuses on it.
  const inside = (node: number): boolean =>
    current.edge[current.start[node]!]! <= y + 0.5 &&
    current.edge[current.stop[node]!]! >= y + span - 0.5;
  let node = 0;
  for (let at = 1; at < current.parent.length; at++) {
    if (current.parent[at] === node && inside(at)) node = at;
  }
  return node;
});

/** The selection as marked: not while it is all there is to see. */
export const marked = computed<Selection>(() => {
  const current = tree.value;
  if (!current) return NOTHING;
  const { rows, columns } = spansOf(current, selection.value);
  const { x, y, span } = shownWindow.value;
  const fills = ([first, last]: Span, from: number): boolean =>
    current.edge[first]! <= from + 0.5 &&
    current.edge[last]! >= from + span - 0.5;
  // The same object while nothing changes, so that nothing is drawn anew.
  return fills(rows, y) && fills(columns, x) ? NOTHING : selection.value;
});

/** What the trees show of it. */
export const chosenRows = computed(() => chosenOn("rows", marked.value));
export const chosenColumns = computed(() => chosenOn("columns", marked.value));

/** The three columns of the trees: groups of the node in focus. */
export const columns = computed<Int32Array[]>(() => {
  const [current, groups] = [tree.value, cut.value];
  if (!current || !groups || !isMixed.value) return divided.value;
  return divided.value.map((nodes) =>
    underFolds(current, nodes, groups.nodes, folds.value),
  );
});

/** The same before anything is folded. */
const divided = computed<Int32Array[]>(() => {
  const current = tree.value;
  if (!current) return [];
  const node = focus.value;
  if (node === 0) {
    // Single classes have their names in the gutter, unless all are such.
    const groups = Math.max(1, Math.min(3, current.levels.length - 1));
    const coarse = current.levels.slice(0, groups).map(({ nodes }) => nodes);
    while (coarse.length < 3) coarse.push(coarse.at(-1)!);
    return coarse;
  }
  const classes = classesOf(current, node);
  const groups = (most: number): Int32Array =>
    cutBelow(current, node, classes * most).filter(
      (group) => !isLeaf(current, group),
    );
  return [Int32Array.of(node), groups(0.55), groups(0.225)];
});

/** The finest level whose groups can have a line each beside the matrix. */
export const gutterNodes = computed<Int32Array>(() => {
  const { y, span } = settledWindow.value;
  return tree.value ? shownIn(tree.value, y, span) : new Int32Array();
});

/** The same above it. */
export const columnNodes = computed<Int32Array>(() => {
  const { x, span } = settledWindow.value;
  return tree.value ? shownIn(tree.value, x, span) : new Int32Array();
});

function mixedOutlines(current: Tree): Int32Array[] {
  const rows =
    focus.value !== 0 && !isCoarse.value
      ? columns.value.slice(1)
      : current.levels.map(({ nodes }) => nodes);
  const { groupOf } = cut.value!;
  return rows
    .map((nodes) =>
      nodes.filter(
        (node) =>
          groupOf[current.start[node]!] !== groupOf[current.stop[node]! - 1],
      ),
    )
    .filter(({ length }) => length > 0);
}

/** Rows of groups to outline, coarse to fine. */
export const outlines = computed<Int32Array[]>(() => {
  const current = tree.value;
  if (!current) return [];
  // A group that is one cell needs no outline.
  if (isMixed.value) return mixedOutlines(current);
  if (focus.value !== 0 && !isCollapsed.value) return columns.value.slice(1);
  return current.levels.slice(0, levelIndex.value).map(({ nodes }) => nodes);
});

/** The group of the gutter that holds the hovered row. */
export const hoveredGroup = computed(() => {
  const current = tree.value;
  const row = hover.value?.rows;
  if (!current || row === undefined) return null;
  const group = gutterNodes.value.find((node) => contains(current, node, row));
  return group ?? null;
});

/** Then their sizes say nothing. */
export const gutterIsClasses = computed(
  () =>
    tree.value !== null &&
    gutterNodes.value.every((node) => classesOf(tree.value!, node) === 1),
);

export function usable(info: EpochInfo): boolean {
  return info.error === undefined;
}

export function fullWindow(): Window {
  return { x: 0, y: 0, span: tree.value ? totalClasses(tree.value) : 1 };
}

/** Keeps a window within the matrix, and no closer than two classes. */
export function clamp({ x, y, span }: Window): Window {
  const full = fullWindow().span;
  const size = Math.min(Math.max(span, Math.min(2, full)), full);
  const within = (at: number): number => Math.min(Math.max(at, 0), full - size);
  return { x: within(x), y: within(y), span: size };
}

export const isZoomed = computed(
  () => settledWindow.value.span < fullWindow().span - 1e-6,
);

/** Shows another epoch; marks when, so that drawing it can be measured. */
export function goToStep(wanted: number): void {
  if (wanted === step.value) return;
  performance.clearMarks("blocks:step");
  performance.mark("blocks:step");
  step.value = wanted;
}

/** The epoch `by` places further on, unreadable ones included. */
export function stepBy(by: number): void {
  const at = epochs.value.findIndex((info) => info.step === step.value);
  const last = epochs.value.length - 1;
  const next = epochs.value[Math.min(Math.max(at + by, 0), last)];
  if (next) goToStep(next.step);
}

export function select(rows: number, columns = rows): void {
  selection.value = { rows, columns };
}

/** Whether a node is what is selected, one of its parts, or holds it. */
export function kinship(
  current: Tree,
  node: number,
  { node: chosen, span }: Chosen,
): "self" | "part" | "holder" | null {
  if (node === chosen && node !== 0 && !span) return "self";
  if (isWithin(current, { node: chosen, span }, node)) return "part";
  return contains(current, node, chosen) && node !== 0 ? "holder" : null;
}

function linkedSelection(
  current: Tree,
  { rows, columns, box }: Selection,
): LinkedView {
  if (box) return { box: boxToLabels(current, box) };
  if (rows === columns) return rows ? { rows: current.ids[rows]! } : {};
  return { rows: current.ids[rows]!, columns: current.ids[columns]! };
}

/** What a link to this view says; null until there is something to link to. */
export const linkedView = computed<LinkedView | null>(() => {
  const current = tree.value;
  if (!current || step.value === 0) return null;
  const { x, y, span } = settledWindow.value;
  const round = (place: number): number => Math.round(place * 100) / 100;
  return {
    ...{ run: run.value, output: output.value, step: step.value },
    ...(level.value ? { level: level.value } : {}),
    ...(value.value === "count" ? {} : { value: value.value }),
    ...(show.value === "errors" ? {} : { show: show.value }),
    ...linkedOrder.value,
    ...linkedFolds.value,
    ...linkedFilters.value,
    ...linkedSelection(current, selection.value),
    ...linkedList.value,
    ...linkedComparison.value,
    ...linkedTimeline.value,
    ...(isZoomed.value ? { window: [round(x), round(y), round(span)] } : {}),
  };
});
