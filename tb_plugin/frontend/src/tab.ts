/** Which view of the selection has the page. */

import { computed, signal } from "@preact/signals";
import type { LinkedView } from "./link.ts";

export const TABS = ["errors", "samples"] as const;
export type Tab = (typeof TABS)[number];

export const tab = signal<Tab>("errors");

/** Whether the pointer is about to open the samples. */
export const isNear = signal(false);

/** What was chosen among samples, as a link says it; their code comes late. */
export const sampleChoices = signal("");

type Linked = Pick<LinkedView, "view" | "samples">;

export const linkedTab = computed<Linked>(() => ({
  ...(tab.value === "errors" ? {} : { view: tab.value }),
  ...(sampleChoices.value ? { samples: sampleChoices.value } : {}),
}));

export function restoreTab(linked: Linked): void {
  tab.value = TABS.find((each) => each === linked.view) ?? "errors";
  sampleChoices.value = linked.samples ?? "";
}
