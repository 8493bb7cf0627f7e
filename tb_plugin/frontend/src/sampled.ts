/** The samples, once they were asked for and their code has come. */

import { computed } from "@preact/signals";
import { late } from "./late.ts";
import { isNear, sampleChoices, tab } from "./tab.ts";
import { runs } from "./view/state.ts";

const part = late(() => import("./samples/samples.tsx"));

export const sampled = computed(() =>
  tab.value === "samples" || isNear.value || sampleChoices.value !== ""
    ? part()
    : null,
);

/** Whether any run has logged some. */
export const hasSamples = computed(
  () => runs.value?.some(({ samples }) => samples?.length) ?? false,
);
