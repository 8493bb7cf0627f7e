/** The view of what the channels of a layer respond to. */

import { runInfo } from "../state/page.ts";
import type { View } from "../state/views.ts";
import { lazy } from "../ui/lazy.ts";

export const view: View = {
  key: "responses",
  name: "Responses",
  place: 3,
  isOffered: () => !!runInfo.value?.means?.length,
  parts: lazy(() => import("./ResponsesView.tsx")),
};
