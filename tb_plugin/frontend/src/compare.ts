/** What the shown matrix is compared with: what the user chose, what came. */

import { computed, signal } from "@preact/signals";
import type { EpochInfo } from "./api.ts";
import type { Epoch } from "./counts.ts";
import type { LinkedView } from "./link.ts";
import { tab } from "./tab.ts";
import type { Tree } from "./tree.ts";

/** Stands in the place of a run for the epochs of the shown run itself. */
export const EPOCHS = "epochs";

// What the user chose.
/** A run to compare with, `EPOCHS` for many of the shown one, or nothing. */
export const against = signal("");
export const againstOutput = signal("");
/** 0 stands for the epoch that is shown. */
export const againstStep = signal(0);
/** Both matrices beside one another, instead of their difference. */
export const isSideBySide = signal(false);
/** How many epochs are shown at once. */
export const many = signal(8);

// What came from the server.
export const secondEpochs = signal<EpochInfo[]>([]);

/** The epoch to compare with, as its own tree has it. */
export interface Second {
  run: string;
  output: string;
  step: number;
  tree: Tree;
  epoch: Epoch;
  /** Digests of its tree and its groups. */
  hierarchy: string | null;
  grouping: string | null;
}

export const second = signal<Second | null>(null);
/** Why there is none. */
export const secondError = signal<string | null>(null);

export type Arrangement = "one" | "twins" | "multiples";

/** How many matrices there are, and so who has the room. */
export const arrangement = computed<Arrangement>(() => {
  // Elsewhere the matrix is a map beside what is shown.
  if (tab.value !== "errors") return "one";
  if (against.value === EPOCHS) return "multiples";
  return against.value && isSideBySide.value ? "twins" : "one";
});

/** What the caption says of several epochs; their code comes late. */
export const multiplesInWords = signal<string[]>([]);

export const MANY = [6, 8, 10, 12] as const;

type Linked = Pick<
  LinkedView,
  "with" | "withOutput" | "withStep" | "as" | "many"
>;

/** What a link says about the comparison. */
export const linkedComparison = computed<Linked>(() => {
  if (!against.value) return {};
  if (against.value === EPOCHS) {
    return { with: EPOCHS, ...(many.value === 8 ? {} : { many: many.value }) };
  }
  return {
    with: against.value,
    ...(againstOutput.value ? { withOutput: againstOutput.value } : {}),
    ...(againstStep.value ? { withStep: againstStep.value } : {}),
    ...(isSideBySide.value ? { as: "side" } : {}),
  };
});

export function restoreComparison(linked: Linked): void {
  against.value = linked.with ?? "";
  againstOutput.value = linked.withOutput ?? "";
  againstStep.value = linked.withStep ?? 0;
  isSideBySide.value = linked.as === "side";
  const wanted = linked.many as (typeof MANY)[number];
  many.value = MANY.includes(wanted) ? wanted : 8;
}
