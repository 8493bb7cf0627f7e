/** What is typed into the box that finds classes, and what Enter does there. */

import { computed, signal } from "@preact/signals";
import { only } from "../state/filters.ts";

export const query = signal("");
export const isOpen = signal(false);
/** The line of the list that is chosen. */
export const active = signal(0);

/** The box stands for what is typed, or for what is shown alone. */
export const shownText = computed(() =>
  isOpen.value ? query.value : only.value,
);

export function open(): void {
  query.value = only.value;
  active.value = 0;
  isOpen.value = true;
}

export function close(): void {
  isOpen.value = false;
  query.value = only.value;
}
