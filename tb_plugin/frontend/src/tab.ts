/** Which view of the selection has the page. */

import { computed, signal } from "@preact/signals";
import type { LinkedView } from "./link.ts";

export const TABS = ["errors", "samples", "quality"] as const;
export type Tab = (typeof TABS)[number];

export const tab = signal<Tab>("errors");

/** Whether the pointer is about to open the samples. */
export const isNear = signal(false);

/** What was chosen among samples, as a link says it; their code comes late. */
export const sampleChoices = signal("");

/** The chosen entry of the lists of quality, by its key. */
export const entry = signal("");

type Linked = Pick<LinkedView, "view" | "samples" | "entry">;

export const linkedTab = computed<Linked>(() => ({
  ...(tab.value === "errors" ? {} : { view: tab.value }),
  ...(sampleChoices.value ? { samples: sampleChoices.value } : {}),
  ...(entry.value ? { entry: entry.value } : {}),
}));

export function restoreTab(linked: Linked): void {
  tab.value = TABS.find((each) => each === linked.view) ?? "errors";
  sampleChoices.value = linked.samples ?? "";
  entry.value = linked.entry ?? "";
}
