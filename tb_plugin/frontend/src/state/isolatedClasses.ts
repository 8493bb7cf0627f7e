/** Where classes stand that are shown alone. */

import { computed } from "@preact/signals";
import { compactAxes, placeAlong } from "../confusion/isolatedClasses.ts";
import type { Axis } from "../hierarchy/cuts.ts";
import type { Cut, Groups } from "../hierarchy/groups.ts";
import { comparedRun } from "./comparison/comparison.ts";
import { cells, filters } from "./drawnCells.ts";
import { cut } from "./levels.ts";
import { epoch, tree } from "./page.ts";

/** Null where all have a place; differences keep theirs. */
export const isolatedAxes = computed(() => {
  const wanted = filters.value?.only;
  const [current, groups, shown] = [tree.value, cut.value, cells.value];
  if (!wanted || !current || !groups || !shown || comparedRun.value)
    return null;
  return compactAxes(current, groups, shown, wanted, epoch.value!.sums);
});

/** Places of the tree as they are on an axis of the matrix. */
export function placesOn(axis: Axis): (place: number) => number {
  const [current, places] = [tree.value, isolatedAxes.value?.[axis]];
  if (!current || !places) return (place) => place;
  return (place) => placeAlong(current, places, place);
}

/** From places of the tree to places of an axis, for both axes. */
export type Axes = Readonly<Record<Axis, (place: number) => number>>;

export const axes = computed<Axes>(() => ({
  rows: placesOn("rows"),
  columns: placesOn("columns"),
}));

/** The cut with its edges where they are on the axes. */
export const placedCut = computed<Cut | null>(() => {
  if (!isolatedAxes.value || !cut.value) return cut.value;
  const placed = (groups: Groups, axis: Axis): Groups => ({
    ...groups,
    edge: groups.edge.map(placesOn(axis)),
  });
  const { columns } = cut.value;
  return {
    ...placed(cut.value, "rows"),
    columns: placed(columns, "columns"),
  };
});
