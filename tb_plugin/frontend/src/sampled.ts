/** What is behind the tabs, once it was asked for and its code has come. */

import { computed } from "@preact/signals";
import { late } from "./late.ts";
import { isNear, sampleChoices, tab } from "./tab.ts";
import { runs } from "./view/state.ts";

const samples = late(() => import("./samples/samples.tsx"));
const quality = late(() => import("./quality/quality.tsx"));

export const sampled = computed(() => {
  if (tab.value === "quality") return quality();
  // Filters on samples count the matrix anew, whatever is shown.
  return tab.value === "samples" || isNear.value || sampleChoices.value !== ""
    ? samples()
    : null;
});

/** Whether any run has logged some. */
export const hasSamples = computed(
  () => runs.value?.some(({ samples }) => samples?.length) ?? false,
);
