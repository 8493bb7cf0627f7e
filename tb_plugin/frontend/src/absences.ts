/** Classes that are missing on one axis, or on both. */

import type { Sums } from "./counts.ts";
import type { Tree } from "./tree.ts";

/** Also what they are searched and filtered by. */
export const ABSENCES = [
  "never predicted",
  "only ever predicted",
  "no samples",
] as const;

export type Absence = (typeof ABSENCES)[number];

/** What to say where no class lacks anything of the kind. */
export const NONE: Record<Absence, string> = {
  "never predicted": "Every class is predicted",
  "only ever predicted": "Every predicted class has samples",
  "no samples": "Every class has samples, or is predicted",
};

/** What is missing of a node; "no samples" where nobody predicts it either. */
export function absenceOf(sums: Sums, node: number): Absence | null {
  const [actual, predicted] = [sums.actual[node]!, sums.predicted[node]!];
  if (actual === 0) return predicted === 0 ? "no samples" : ABSENCES[1];
  return predicted === 0 ? "never predicted" : null;
}

/** The leaves that lack something, in display order. */
export function absences(tree: Tree, sums: Sums): Record<Absence, number[]> {
  const found: Record<Absence, number[]> = {
    "never predicted": [],
    "only ever predicted": [],
    "no samples": [],
  };
  for (const leaf of tree.leaves) {
    const absence = absenceOf(sums, leaf);
    if (absence) found[absence].push(leaf);
  }
  return found;
}

export function isAbsence(query: string): query is Absence {
  return (ABSENCES as readonly string[]).includes(query);
}
