/** What the shown matrix is compared with: what the user chose, what came. */

import { computed, signal } from "@preact/signals";
import type { Epoch } from "../../confusion/cells.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import type { EpochInfo } from "../../server/answers.ts";
import type { Part } from "../../ui/textFitting.ts";
import type { Arrangement } from "../pageLayout.ts";
import { tab } from "../tabs.ts";

/** Stands in the place of a run for the epochs of the shown run itself. */
export const EPOCHS = "epochs";

/** Whether changes within chance are left undrawn. */
export const hidesChance = signal(false);

// What the user chose.
/** A run to compare with, `EPOCHS` for many of the shown one, or nothing. */
export const comparedRun = signal("");
export const comparedOutput = signal("");
/** An epoch by its number, that of the number that is shown, or the last. */
export type Place = number | "same" | "last";
/** Null until somebody chooses: `comparedPlace` says which it is then. */
export const comparedStep = signal<Place | null>(null);

/** What a text stands for; null for none. */
export function placeOf(text = ""): Place | null {
  if (text === "same" || text === "last") return text;
  return /^\d+$/.test(text) ? Number(text) : null;
}
/** Both matrices beside one another, instead of their difference. */
export const isSideBySide = signal(false);
export const epochCount = signal(8);

// What came from the server.
export const comparedEpochs = signal<EpochInfo[]>([]);

/** The epoch to compare with, as its own tree has it. */
export interface ComparedSeries {
  run: string;
  output: string;
  step: number;
  /** When that was logged: a resumed run logs a step again. */
  stamp: number;
  tree: Tree;
  epoch: Epoch;
  /** Digests of its tree and its groups. */
  hierarchy: string | null;
  grouping: string | null;
}

export const comparedSeries = signal<ComparedSeries | null>(null);

/**
 * How the two change in one step; comparisons set it when their code has come.
 *
 * Where the other of a step is on its way, `wait` ends when it has come; `show`
 * shows it, if it has.
 */
export const beside: {
  wait?: (step: number) => Promise<unknown> | null;
  show?: (step: number) => void;
} = {};

export const comparisonError = signal<string | null>(null);

export const arrangement = computed<Arrangement>(() => {
  // Elsewhere the matrix is a map beside what is shown.
  if (tab.value !== "errors") return "one";
  if (comparedRun.value === EPOCHS) return "multiples";
  return comparedRun.value && isSideBySide.value ? "twins" : "one";
});

/** What the caption says of several epochs; their code comes late. */
export const multiplesInWords = signal<Part[]>([]);

export const EPOCH_COUNTS = [6, 8, 10, 12] as const;
