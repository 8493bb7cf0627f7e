/** What is drawn while a part of the matrix is shown, once it has come. */

import { computed } from "@preact/signals";
import * as view from "../../state/view.ts";
import { lazy } from "../../ui/lazy.ts";

const load = lazy(() => import("./zoomedParts.ts"));

/** Null while everything is shown. */
export const zoomedParts = computed(() =>
  view.isPartial.value ? load() : null,
);
