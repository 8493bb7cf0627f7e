/** The other matrix beside the shown one, in the same colours. */

import { computed } from "@preact/signals";
import { collapse } from "../../confusion/cells.ts";
import { makeScale } from "../../confusion/cellValues.ts";
import { makePicture } from "../../confusion/filters.ts";
import { palette } from "../../ui/theme.ts";
import * as view from "../all.ts";
import { recount } from "../filters.ts";
import { otherEpoch } from "./comparedEpoch.ts";
import { arrangement } from "./comparison.ts";

const isWithoutRight = computed(() => view.shownCells.value === "errors");

/** Its cells at the level, whatever filters leave out. */
const cells = computed(() => {
  const [there, cut] = [otherEpoch.value, view.cut.value];
  return arrangement.value === "twins" && there && cut
    ? collapse(there.cells, cut, isWithoutRight.value)
    : null;
});

export const sideBySidePicture = computed<view.Twin | null>(() => {
  const [there, all] = [otherEpoch.value, cells.value];
  const [tree, cut] = [view.tree.value, view.cut.value];
  const [left, filters] = [view.scale.value, view.filters.value];
  if (!there || !all || !tree || !cut || !left || !filters) return null;
  const errorsOnly = isWithoutRight.value;
  const { value, curve, low, high } = left;
  const own = makeScale(value, there.sums, cut, palette.value, {
    curve,
    errorsOnly,
  });
  const scale = { ...own, low, high };
  const { shown } = makePicture(
    there.cells,
    { tree, cut, scale, all },
    filters,
    errorsOnly,
    recount.value?.other ?? there.cells,
  );
  return { epoch: there, cells: shown, scale };
});

view.twin.value = { cells, picture: sideBySidePicture };
