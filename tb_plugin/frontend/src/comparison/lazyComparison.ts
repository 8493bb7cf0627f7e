/** The components of comparisons, which come when one is asked for. */

import { computed } from "@preact/signals";
import { comparedRun } from "../state/comparison/comparison.ts";
import { lazy } from "../ui/lazy.ts";

const load = lazy(() => import("./comparisonView.ts"));

/** Null while nothing is compared, and until they have come. */
export const comparisonView = computed(() =>
  comparedRun.value ? load() : null,
);
