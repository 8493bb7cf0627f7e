/** The lines of the strip: of the split on screen, and of the other one. */

import { computed } from "@preact/signals";
import type { CurvePoint } from "./api.ts";
import { type Curve, curvesOf } from "./curves.ts";
import { besides, compared, otherCurves } from "./splits.ts";
import { showsOther } from "./timeline.ts";
import { hasClasses } from "./tree.ts";
import * as view from "./view.ts";

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

export const split = computed(
  () => view.runs.value?.find(({ run }) => run === view.run.value)?.split ?? "",
);

/** The sub-run that can be drawn beside the one on screen. */
export const other = besides;

/** What the two are called: by their splits, or as they are compared. */
export const keys = computed(() => {
  const there = besides.value;
  if (!compared.value) {
    return { shown: split.value || "all", other: there?.split || "all" };
  }
  const here = view.runs.value?.find(({ run }) => run === view.run.value);
  return here?.name === there?.name
    ? { shown: split.value, other: there?.split ?? "" }
    : { shown: here?.name ?? "", other: there?.name ?? "" };
});

export const others = computed(() => {
  const found = otherCurves.value;
  if (!showsOther.value || found?.beside !== view.run.value) return [];
  if (found.run !== besides.value?.run) return [];
  return linesOf(found.points, found.nodes);
});
