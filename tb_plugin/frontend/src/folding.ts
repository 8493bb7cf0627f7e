/** Groups that the user folded or opened, beside the level. */

import { computed, signal } from "@preact/signals";
import { type Folds, isEmpty, NO_FOLDS } from "./cuts.ts";
import type { LinkedView } from "./link.ts";

export const folds = signal<Folds>(NO_FOLDS);

/** Whether levels are mixed. */
export const isMixed = computed(() => !isEmpty(folds.value));

export function unfoldAll(): void {
  folds.value = NO_FOLDS;
}

type Linked = Pick<LinkedView, "closed" | "opened">;

// An id may have blanks in it.
const SEPARATOR = "\n";

export const linkedFolds = computed<Linked>(() => {
  const { closed, opened } = folds.value;
  return {
    ...(closed.size ? { closed: [...closed].join(SEPARATOR) } : {}),
    ...(opened.size ? { opened: [...opened].join(SEPARATOR) } : {}),
  };
});

export function restoreFolds({ closed, opened }: Linked): void {
  const ids = (text: string | undefined): Set<string> =>
    new Set(text ? text.split(SEPARATOR) : []);
  folds.value = { closed: ids(closed), opened: ids(opened) };
}
