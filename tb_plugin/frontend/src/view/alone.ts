/** Where classes stand that are shown alone. */

import { computed } from "@preact/signals";
import { placeAlong, placesAlone } from "../alone.ts";
import { against } from "../compare.ts";
import type { Cut, Groups } from "../counts.ts";
import type { Axis } from "../cuts.ts";
import { cells, filters } from "./drawn.ts";
import { cut } from "./levels.ts";
import { epoch, tree } from "./state.ts";

/** Null where all have a place; differences keep theirs. */
export const alone = computed(() => {
  const wanted = filters.value?.only;
  const [current, groups, shown] = [tree.value, cut.value, cells.value];
  if (!wanted || !current || !groups || !shown || against.value) return null;
  return placesAlone(current, groups, shown, wanted, epoch.value!.sums);
});

/** Places of the tree as they are on an axis of the matrix. */
export function placesOn(axis: Axis): (place: number) => number {
  const [current, places] = [tree.value, alone.value?.[axis]];
  if (!current || !places) return (place) => place;
  return (place) => placeAlong(current, places, place);
}

/** The cut with its edges where they are on the axes. */
export const placedCut = computed<Cut | null>(() => {
  if (!alone.value || !cut.value) return cut.value;
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
