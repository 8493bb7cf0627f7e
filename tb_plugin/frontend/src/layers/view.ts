/** The view of what each layer of the network knows. */

import { runInfo } from "../state/page.ts";
import type { View } from "../state/views.ts";
import { lazy } from "../ui/lazy.ts";

export const view: View = {
  key: "layers",
  name: "Layers",
  place: 2,
  isOffered: () => !!runInfo.value?.layers?.length,
  parts: lazy(() => import("./LayersView.tsx")),
};
