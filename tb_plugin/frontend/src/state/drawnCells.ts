/** The cells that are drawn, in which colours. */

import { computed } from "@preact/signals";
import { makeScale } from "../confusion/cellValues.ts";
import { makePicture, type Picture } from "../confusion/filters.ts";
import { unfolded } from "../hierarchy/cuts.ts";
import { palette } from "../ui/theme.ts";
import { colourTransfer, filtersOn, recount } from "./filters.ts";
import { folds } from "./folds.ts";
import { cut } from "./levels.ts";
import { cellValue, epoch, shownCells, tree } from "./page.ts";

export const scale = computed(() => {
  const [current, drawn, groups] = [tree.value, epoch.value, cut.value];
  if (!current || !drawn || !groups) return null;
  return makeScale(cellValue.value, drawn.sums, groups, palette.value, {
    curve: colourTransfer.value,
    errorsOnly: shownCells.value === "errors",
    usual: unfolded(current, groups.nodes, folds.value.rows),
  });
});

export const filters = computed(() =>
  tree.value ? filtersOn(tree.value, () => epoch.value?.sums) : null,
);

/** The cells of the chosen level, with or without right answers. */
export const picture = computed(() => pictureOf(shownCells.value === "errors"));

/** Those that are drawn, without right answers. */
export const wrongCells = computed(
  () =>
    (shownCells.value === "errors" ? picture.value : pictureOf(true))?.shown,
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
