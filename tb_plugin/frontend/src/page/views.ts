/**
 * The views of the selection, beside the matrix of errors.
 *
 * A view is a folder with a `view.ts`: tabs, panel, top bar, caption, shortcuts,
 * help and links take it from here.
 */

import { computed, signal } from "@preact/signals";
import type { LinkTexts } from "../state/link/address.ts";
import { ERRORS, tab } from "../state/tabs.ts";
import type { View } from "../state/views.ts";

/** Every view that there is, by the address of its entry. */
export const entries: Record<string, View> = import.meta.glob("../*/view.ts", {
  eager: true,
  import: "view",
});

/** Views in the order of their tabs. */
export function inOrder(all: Record<string, View>): View[] {
  return Object.values(all).sort((a, b) => a.place - b.place);
}

export const views = signal<readonly View[]>(inOrder(entries));

/** Null where the matrix is shown. */
export const openView = computed<View | null>(
  () => views.value.find(({ key }) => key === tab.value) ?? null,
);

/** The code of the view that is open, once it has come. */
export const openParts = computed(() => {
  for (const view of views.value) if (view.isWanted?.()) view.parts();
  return openView.value?.parts() ?? null;
});

/** Opens a view; the matrix, where it is open already or has nothing to show. */
export function toggleView({ key, isOffered }: View): void {
  tab.value = tab.value === key || !isOffered() ? ERRORS : key;
}

/** What a link says, without a view that there is not. */
export function withKnownView(link: LinkTexts): LinkTexts {
  if (views.value.some(({ key }) => key === link.view)) return link;
  const { view: _, ...rest } = link;
  return rest;
}
