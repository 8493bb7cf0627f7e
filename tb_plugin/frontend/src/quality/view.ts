/** The view of classes and labels that are at fault. */

import type { View } from "../state/views.ts";
import { lazy } from "../ui/lazy.ts";

export const view: View = {
  key: "quality",
  name: "Quality",
  place: 4,
  isOffered: () => true,
  parts: lazy(() => import("./QualityView.tsx")),
};
