/** The cells that are drawn, in which colours. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { type Cells, collapse, type Epoch } from "../confusion/cells.ts";
import { makeScale, type Scale } from "../confusion/cellValues.ts";
import { makePicture, type Picture } from "../confusion/filters.ts";
import type { DrawnRemainder } from "../confusion/remainder.ts";
import { unfolded } from "../hierarchy/cuts.ts";
import { palette } from "../ui/theme.ts";
import { colourTransfer, filtersOn, recount } from "./filters.ts";
import { folds } from "./folds.ts";
import { cut } from "./levels.ts";
import { cellValue, epoch, shownCells, tree } from "./page.ts";

/** Another matrix in the same colours. */
export interface Twin {
  epoch: Epoch;
  cells: Cells;
  scale: Scale;
}

/** What comparisons add to a drawing, once their code has come. */
export const compared = signal<{
  /** All cells of the other of two matrices, and it as it is drawn. */
  cells: ReadonlySignal<Cells | null>;
  picture: ReadonlySignal<Twin | null>;
  remainder: ReadonlySignal<DrawnRemainder | null>;
} | null>(null);

/** The cells of the level, whatever filters leave out. */
const unfiltered = computed(() =>
  epoch.value && cut.value
    ? collapse(epoch.value.cells, cut.value, shownCells.value === "errors")
    : null,
);

export const scale = computed(() => {
  const [current, drawn, groups] = [tree.value, epoch.value, cut.value];
  if (!current || !drawn || !groups) return null;
  return makeScale(cellValue.value, drawn.sums, groups, palette.value, {
    curve: colourTransfer.value,
    errorsOnly: shownCells.value === "errors",
    usual: unfolded(current, groups.nodes, folds.value.rows),
    drawn: [unfiltered.value, compared.value?.cells.value].filter(
      (cells) => !!cells,
    ),
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
        {
          tree: tree.value,
          cut: cut.value,
          scale: scale.value,
          all:
            errorsOnly === (shownCells.value === "errors")
              ? unfiltered.value
              : null,
        },
        filters.value,
        errorsOnly,
        recount.value?.cells ?? epoch.value.cells,
      )
    : null;
}

export const cells = computed(() => picture.value?.shown ?? null);
