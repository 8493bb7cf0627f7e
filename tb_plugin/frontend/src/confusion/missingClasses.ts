/** Classes that are missing on one axis, or on both. */

import type { Tree } from "../hierarchy/tree.ts";
import type { Sums } from "./cells.ts";

/** Also what they are searched and filtered by. */
export const MISSING_KINDS = [
  "never predicted",
  "only ever predicted",
  "no samples",
] as const;

export type Absence = (typeof MISSING_KINDS)[number];

/** What to say where no class lacks anything of the kind. */
export const NONE: Record<Absence, string> = {
  "never predicted": "Every class with samples is predicted",
  "only ever predicted": "Every predicted class has samples",
  "no samples": "Every class has samples, or is predicted",
};

/** Behind a number of classes. What is in links keeps its words. */
export function absenceInWords(absence: Absence): string {
  if (absence === "never predicted") return absence;
  const also = absence === "no samples" ? "" : ", yet predicted";
  return `without samples${also}`;
}

/** What is missing of a node; "no samples" where nobody predicts it either. */
export function absenceOf(sums: Sums, node: number): Absence | null {
  const [actual, predicted] = [sums.support[node]!, sums.predictedCount[node]!];
  if (actual === 0) return predicted === 0 ? "no samples" : MISSING_KINDS[1];
  return predicted === 0 ? "never predicted" : null;
}

/** The leaves that lack something, in display order, of those that count. */
export function findMissingClasses(
  tree: Tree,
  sums: Sums,
  counts: (leaf: number) => boolean = () => true,
): Record<Absence, number[]> {
  const found: Record<Absence, number[]> = {
    "never predicted": [],
    "only ever predicted": [],
    "no samples": [],
  };
  for (const leaf of tree.leaves) {
    const absence = counts(leaf) ? absenceOf(sums, leaf) : null;
    if (absence) found[absence].push(leaf);
  }
  return found;
}

export function isAbsence(query: string): query is Absence {
  return (MISSING_KINDS as readonly string[]).includes(query);
}
