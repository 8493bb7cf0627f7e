/** By which test sets of runs are compared, or why by none. */

import { computed } from "@preact/signals";
import { current } from "../state/comparison/evidence.ts";

export const testOfSeeds = computed(() => {
  const { how, why, test } = current.value ?? {};
  if (test === "seeds") return `groups: ${how}`;
  return test === "none" ? (why ?? null) : null;
});
