/** The sums that are left out of what is drawn: of one matrix, or of two. */

import { computed } from "@preact/signals";
import type { DrawnRemainder } from "../../confusion/remainder.ts";
import * as view from "../all.ts";
import { ownRemainder } from "../remainder.ts";
import { isComparing } from "./comparedEpoch.ts";

/** Null where everything is shown. */
export const drawnRemainder = computed<DrawnRemainder | null>(() => {
  if (!view.isPartial.value || view.layout.value.remainder.size <= 0)
    return null;
  const { remainder } = (isComparing.value && view.compared.value) || {};
  return (remainder ?? ownRemainder).value;
});
