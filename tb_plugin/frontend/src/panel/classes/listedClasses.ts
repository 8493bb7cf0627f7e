/** The classes of the table: which, how they fare, in which order. */

import { computed, signal } from "@preact/signals";
import { recall } from "../../confusion/cells.ts";
import { nameRanks } from "../../hierarchy/classNames.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import * as view from "../../state/all.ts";
import {
  inOrderOfChange,
  otherEpoch,
} from "../../state/comparison/comparedEpoch.ts";
import {
  type ClassKey,
  classBox,
  classSort,
} from "../../state/confusionListSort.ts";
import { meanOf } from "../../state/seeds/meanEpoch.ts";
import { listed } from "../listedPairs.ts";
import { arrange, type ClassScores, scoreClasses } from "./classScores.ts";

/** Of the worst classes. */
const FEW = 10;

/** Classes in a rectangle that was dragged over the scatter of a group. */
export interface Brush {
  tree: Tree;
  group: number;
  nodes: ReadonlySet<number>;
  /** As `classBox` has it. */
  text: string;
}

export const brush = signal<Brush | null>(null);

/** The group whose classes are listed; of a class, that around it. */
export const listedGroup = computed(() => {
  const tree = view.tree.value;
  let node = listed.value.rows;
  while (tree && node > 0 && tree.stop[node]! - tree.start[node]! < 2) {
    node = tree.parent[node]!;
  }
  return node;
});

/** Null where nothing was dragged over what is listed now, or a link differs. */
export const brushed = computed<Brush | null>(() => {
  const found = brush.value;
  const isHere =
    found?.tree === view.tree.value &&
    found?.group === listedGroup.value &&
    found.text === classBox.value;
  return isHere ? found : null;
});

function classesIn(tree: Tree, node: number): Int32Array {
  return tree.leaves.subarray(tree.start[node]!, tree.stop[node]!);
}

export const scores = computed<ClassScores | null>(() => {
  const [tree, shown] = [view.tree.value, view.epoch.value];
  if (!tree || !shown) return null;
  const epoch = meanOf(shown);
  const nodes = classesIn(tree, listedGroup.value);
  return scoreClasses(epoch.sums, nodes, tree.leaves);
});

/** By how much each recall changes; null while nothing is compared. */
export const changes = computed<Float64Array | null>(() => {
  const [here, there] = [view.epoch.value, otherEpoch.value];
  const nodes = scores.value?.nodes;
  if (!here || !there || !nodes) return null;
  const [from, to] = inOrderOfChange(here.sums, there.sums);
  return Float64Array.from(
    nodes,
    (node) => recall(to, node) - recall(from, node),
  );
});

/** Whether a column has its smallest first, by usual. */
export function isUp(key: ClassKey): boolean {
  return ["recall", "precision", "name", "rank", "worst"].includes(key);
}

function valuesOf(key: ClassKey): Float64Array {
  const { nodes, ...of } = scores.value!;
  switch (key) {
    case "name": {
      const ranks = nameRanks(view.tree.value!);
      return Float64Array.from(nodes, (node) => ranks[node]!);
    }
    case "change":
      // By size, whichever way.
      return (changes.value ?? of.recall).map(Math.abs);
    case "worst":
      return of.high;
    case "sinks":
      return of.over;
    case "misplaced":
      return of.recall;
    default:
      return of[key];
  }
}

/** Places in `scores` of what is listed, in order. */
export const order = computed<Uint32Array>(() => {
  const of = scores.value;
  if (!of) return new Uint32Array();
  const { key, flipped } = classSort.value ?? { key: "recall", flipped: false };
  let found = arrange(valuesOf(key), isUp(key) !== flipped);
  const box = brushed.value;
  if (key === "sinks") found = found.filter((at) => of.isSink[at] === 1);
  if (box) found = found.filter((at) => box.nodes.has(of.nodes[at]!));
  if (key === "worst") {
    found = found.filter((at) => of.samples[at]! > 0).subarray(0, FEW);
  }
  return found;
});

/** Whether classes are left out, and all can be had again. */
export const leavesOut = computed(
  () => order.value.length < (scores.value?.nodes.length ?? 0),
);

export function clearBrush(): void {
  brush.value = null;
  classBox.value = "";
}

export function listAll(): void {
  clearBrush();
  const key = classSort.value?.key;
  if (key === "worst" || key === "sinks") {
    classSort.value = { key: "recall", flipped: false };
  }
}
