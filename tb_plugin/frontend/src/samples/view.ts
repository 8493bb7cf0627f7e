/** The view of the samples behind the selection. */

import { listsClasses } from "../state/confusionListSort.ts";
import { haveSamples, output, runInfo } from "../state/page.ts";
import { sampleChoices, viewPointedAt } from "../state/tabs.ts";
import type { View } from "../state/views.ts";
import { lazy } from "../ui/lazy.ts";

const KEY = "samples";

/** The table of classes draws their answers, where samples are logged. */
function areListed(): boolean {
  const { samples } = runInfo.value ?? {};
  return listsClasses.value && (samples?.includes(output.value) ?? false);
}

export const view: View = {
  key: KEY,
  name: "Samples",
  place: 1,
  isOffered: haveSamples,
  // Filters on samples count the matrix anew, whatever is shown.
  isWanted: () =>
    viewPointedAt.value === KEY || sampleChoices.value !== "" || areListed(),
  parts: lazy(() => import("./SamplesView.tsx")),
  toggledBy: { keys: ["s"], does: "its samples, its errors" },
};
