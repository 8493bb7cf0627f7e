/**
 * The views of the selection, beside the matrix of errors.
 *
 * A view is a folder and an entry in this list: tabs, panel, top bar, caption,
 * shortcuts, help and links take it from here.
 */

import { computed, signal } from "@preact/signals";
import { layersView } from "../layers/view.ts";
import { qualityView } from "../quality/view.ts";
import { responsesView } from "../responses/view.ts";
import { samplesView } from "../samples/view.ts";
import type { LinkTexts } from "../state/link/address.ts";
import { ERRORS, tab } from "../state/tabs.ts";
import type { View } from "../state/views.ts";

export const views = signal<readonly View[]>([
  samplesView,
  layersView,
  responsesView,
  qualityView,
]);

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
