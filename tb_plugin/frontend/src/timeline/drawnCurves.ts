/** The lines of the timeline: of the split on screen, and of the other one. */

import { computed } from "@preact/signals";
import { hasClasses } from "../hierarchy/tree.ts";
import {
  compared,
  comparisonCurves,
  comparisonSeries,
} from "../loading/otherSplit.ts";
import type { CurvePoint } from "../server/answers.ts";
import * as view from "../state/all.ts";
import { showsComparisonCurves } from "../state/timeline.ts";
import { type Curve, curvesOf } from "./curves.ts";

function linesOf(
  points: readonly CurvePoint[],
  nodes: readonly number[],
): Curve[] {
  const tree = view.tree.value;
  const node = view.curvedGroup.value;
  if (!tree) return [];
  const chosen = node ? { node, name: tree.names[node]! } : null;
  const leaves = hasClasses(tree) ? "classes" : "groups";
  const level = view.levelIndex.value;
  return curvesOf(points, tree.levels, nodes, chosen, leaves, level);
}

export const curves = computed(() =>
  linesOf(view.curves.value, view.curveNodes.value),
);

export const split = computed(() => view.runInfo.value?.split ?? "");

/** The sub-run that can be drawn beside the one on screen. */
export const other = comparisonSeries;

/** What the two are called: by their splits, or as they are compared. */
export const keys = computed(() => {
  const there = comparisonSeries.value;
  if (!compared.value) {
    return { shown: split.value || "all", other: there?.split || "all" };
  }
  const here = view.runInfo.value;
  return here?.name === there?.name
    ? { shown: split.value, other: there?.split ?? "" }
    : { shown: here?.name ?? "", other: there?.name ?? "" };
});

const beside = computed(() => {
  const found = comparisonCurves.value;
  const isCurrent =
    showsComparisonCurves.value &&
    found?.beside === view.run.value &&
    found.run === comparisonSeries.value?.run &&
    found.output === view.output.value;
  return isCurrent ? found : null;
});

export const others = computed(() => {
  const found = beside.value;
  if (!found) return [];
  const nodes = view.nodesOnScreen(found.tree, found.nodes);
  return linesOf(view.pointsOnScreen(found), nodes);
});

/** Whether samples that are known as a group only are left out of any. */
export const leaveCoarseOut = computed(() =>
  [view.curves.value, beside.value?.points ?? []].some((points) =>
    points.some(({ coarse }) => coarse),
  ),
);
