/** The view of what may be said, and how often it is right. */

import { haveSamples } from "../state/page.ts";
import type { View } from "../state/views.ts";
import { lazy } from "../ui/lazy.ts";

export const view: View = {
  key: "answers",
  name: "Answers",
  place: 5,
  isOffered: haveSamples,
  parts: lazy(() => import("./AnswersView.tsx")),
};
