/** The lines of the strip: of the split on screen, and of the other one. */

import { computed } from "@preact/signals";
import type { CurvePoint } from "./api.ts";
import { type Curve, curvesOf } from "./curves.ts";
import { otherCurves, otherSplit } from "./splits.ts";
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
  return curvesOf(points, tree.levels, nodes, chosen, leaves);
}

export const curves = computed(() =>
  linesOf(view.curves.value, view.curveNodes.value),
);

export const split = computed(
  () => view.runs.value?.find(({ run }) => run === view.run.value)?.split ?? "",
);

/** The split that can be drawn beside the one on screen. */
export const other = computed(() =>
  otherSplit(view.runs.value ?? [], view.run.value, view.output.value),
);

export const others = computed(() => {
  const found = otherCurves.value;
  if (!showsOther.value || found?.beside !== view.run.value) return [];
  return linesOf(found.points, found.nodes);
});
