/** The view of the samples behind the selection. */

import { runs } from "../state/page.ts";
import { sampleChoices, viewPointedAt } from "../state/tabs.ts";
import type { View } from "../state/views.ts";
import { lazy } from "../ui/lazy.ts";

const KEY = "samples";

export const samplesView: View = {
  key: KEY,
  name: "Samples",
  isOffered: () => runs.value?.some(({ samples }) => samples?.length) ?? false,
  // Filters on samples count the matrix anew, whatever is shown.
  isWanted: () => viewPointedAt.value === KEY || sampleChoices.value !== "",
  parts: lazy(() => import("./SamplesView.tsx")),
  toggledBy: { keys: ["s"], does: "its samples, its errors" },
};
