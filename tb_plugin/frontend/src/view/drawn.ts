/** The cells that are drawn, in which colours. */

import { computed } from "@preact/signals";
import { unfolded } from "../cuts.ts";
import { curve, filtersOn, recount } from "../filtering.ts";
import { makePicture, type Picture } from "../filters.ts";
import { folds } from "../folding.ts";
import { makeScale } from "../scale.ts";
import { palette } from "../theme.ts";
import { cut } from "./levels.ts";
import { epoch, show, tree, value } from "./state.ts";

export const scale = computed(() => {
  const [current, drawn, groups] = [tree.value, epoch.value, cut.value];
  if (!current || !drawn || !groups) return null;
  return makeScale(value.value, drawn.sums, groups, palette.value, {
    curve: curve.value,
    errorsOnly: show.value === "errors",
    usual: unfolded(current, groups.nodes, folds.value.rows),
  });
});

export const filters = computed(() =>
  tree.value ? filtersOn(tree.value, () => epoch.value?.sums) : null,
);

/** The cells of the chosen level, with or without right answers. */
export const picture = computed(() => pictureOf(show.value === "errors"));

/** Those that are drawn, without right answers. */
export const wrongCells = computed(
  () => (show.value === "errors" ? picture.value : pictureOf(true))?.shown,
);

function pictureOf(errorsOnly: boolean): Picture | null {
  return epoch.value && tree.value && cut.value && scale.value && filters.value
    ? makePicture(
        epoch.value.cells,
        { tree: tree.value, cut: cut.value, scale: scale.value },
        filters.value,
        errorsOnly,
        recount.value?.cells ?? epoch.value.cells,
      )
    : null;
}

/** Those that are drawn. */
export const cells = computed(() => picture.value?.shown ?? null);
