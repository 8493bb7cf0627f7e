/** What a link says. */

import { computed } from "@preact/signals";
import { linkedComparison } from "../compare.ts";
import { linkedFilters } from "../filtering.ts";
import { linkedFolds } from "../folding.ts";
import type { LinkedView } from "../link.ts";
import { linkedList } from "../listing.ts";
import { linkedOrder } from "../ordering.ts";
import { boxToLabels, type Selection } from "../selection.ts";
import { linkedTab } from "../tab.ts";
import { linkedTimeline } from "../timeline.ts";
import type { Tree } from "../tree.ts";
import {
  level,
  output,
  run,
  selection,
  settledWindow,
  show,
  step,
  tree,
  value,
} from "./state.ts";
import { isZoomed } from "./window.ts";

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
    ...linkedTab.value,
    ...(isZoomed.value ? { window: [round(x), round(y), round(span)] } : {}),
  };
});
