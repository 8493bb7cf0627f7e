/** What is drawn around a part of the matrix, and names above columns. */

import { computed } from "@preact/signals";
import * as view from "../../state/all.ts";
import { lazy } from "../../ui/lazy.ts";

const load = lazy(() => import("./zoomedParts.ts"));

/** Null while everything is shown, without names of columns. */
export const zoomedParts = computed(() =>
  view.isPartial.value || view.headroom.value > 0 ? load() : null,
);
