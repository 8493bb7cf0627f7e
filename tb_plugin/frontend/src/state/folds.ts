/** Groups that the user folded or opened, beside the level. */

import { computed, signal } from "@preact/signals";
import { type BothFolds, isEmpty, NO_FOLDS } from "../hierarchy/cuts.ts";

const NONE: BothFolds = { rows: NO_FOLDS, columns: NO_FOLDS };

/** Of rows and columns; the same object twice unless they are folded apart. */
export const folds = signal<BothFolds>(NONE);

export const isAsymmetric = computed(
  () => folds.value.rows !== folds.value.columns,
);

/** Whether levels are mixed. */
export const isMixed = computed(
  () => !isEmpty(folds.value.rows) || !isEmpty(folds.value.columns),
);

export function unfoldAll(): void {
  folds.value = NONE;
}
