/** Groups that the user folded or opened, beside the level. */

import { computed, signal } from "@preact/signals";
import { type BothFolds, type Folds, isEmpty, NO_FOLDS } from "./cuts.ts";
import type { LinkedView } from "./link.ts";

const NONE: BothFolds = { rows: NO_FOLDS, columns: NO_FOLDS };

/** Of rows and columns; the same object twice unless they are folded apart. */
export const folds = signal<BothFolds>(NONE);

/** Whether rows and columns are folded apart. */
export const isFoldedApart = computed(
  () => folds.value.rows !== folds.value.columns,
);

/** Whether levels are mixed. */
export const isMixed = computed(
  () => !isEmpty(folds.value.rows) || !isEmpty(folds.value.columns),
);

export function unfoldAll(): void {
  folds.value = NONE;
}

type Linked = Pick<
  LinkedView,
  "closed" | "opened" | "closedColumns" | "openedColumns"
>;

// An id may have blanks in it.
const SEPARATOR = "\n";

const written = (ids: ReadonlySet<string>): string => [...ids].join(SEPARATOR);

const read = (text: string | undefined): Set<string> =>
  new Set(text ? text.split(SEPARATOR) : []);

/** The columns have keys of their own only where they are folded apart. */
export const linkedFolds = computed<Linked>(() => {
  const { rows, columns } = folds.value;
  return {
    ...(rows.closed.size ? { closed: written(rows.closed) } : {}),
    ...(rows.opened.size ? { opened: written(rows.opened) } : {}),
    ...(rows === columns ? {} : { closedColumns: written(columns.closed) }),
    ...(rows === columns || !columns.opened.size
      ? {}
      : { openedColumns: written(columns.opened) }),
  };
});

export function restoreFolds(linked: Linked): void {
  const { closed, opened, closedColumns, openedColumns } = linked;
  const rows: Folds = { closed: read(closed), opened: read(opened) };
  const columns =
    closedColumns === undefined
      ? rows
      : { closed: read(closedColumns), opened: read(openedColumns) };
  folds.value = { rows, columns };
}
