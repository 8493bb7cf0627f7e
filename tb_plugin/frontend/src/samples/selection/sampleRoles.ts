/** What a sample is to the selection: missed, mixed up in it, right, intruding. */

import { kindOf, type Selection, spansOf } from "../../hierarchy/selection.ts";
import { isLeaf, type Tree } from "../../hierarchy/tree.ts";
import type { Facts } from "../data/sampleFacts.ts";

/** Bits, so that several can be chosen. */
export const FALSE_NEGATIVE = 1;
export const WRONG_CLASS = 2;
export const CORRECT = 4;
export const FALSE_POSITIVE = 8;

/**
 * [N] one of the bits for each sample, 0 for those it does not concern.
 *
 * Of a pair of groups, or a rectangle, `INTO` are those confused the other way.
 */
export function sortOut(
  tree: Tree,
  { trueLeaf: actual, predictedLeaf: predicted }: Facts,
  selection: Selection,
): Uint8Array {
  const kind = kindOf(selection);
  const isPair = kind === "block" || kind === "rectangle";
  const { rows, columns } = spansOf(tree, selection);
  // The root on one side leaves that side to the other's group.
  const down = selection.rows === 0 && !isPair ? columns : rows;
  const across = selection.columns === 0 && !isPair ? rows : columns;
  const isIn = (at: number, [from, to]: readonly [number, number]): boolean =>
    at >= from && at < to;
  const found = new Uint8Array(actual.length);
  for (let i = 0; i < found.length; i++) {
    const [row, column] = [actual[i]!, predicted[i]!];
    const isOf = isIn(row, down);
    const isTo = isIn(column, across);
    if (isOf && isTo) found[i] = row === column ? CORRECT : WRONG_CLASS;
    else if (isPair) {
      if (isIn(row, across) && isIn(column, down) && row !== column) {
        found[i] = FALSE_POSITIVE;
      }
    } else if (isOf) found[i] = FALSE_NEGATIVE;
    else if (isTo) found[i] = FALSE_POSITIVE;
  }
  return found;
}

/** What of these there can be, and what is shown unless the user says. */
export function offered(
  tree: Tree,
  selection: Selection,
): { all: number; usual: number } {
  const node = selection.rows || selection.columns;
  const inner = isLeaf(tree, node) ? 0 : WRONG_CLASS;
  switch (kindOf(selection)) {
    case "all":
      return { all: WRONG_CLASS | CORRECT, usual: WRONG_CLASS };
    case "group":
      return {
        all: FALSE_NEGATIVE | inner | CORRECT | FALSE_POSITIVE,
        usual: FALSE_NEGATIVE | inner,
      };
    case "row band":
      return {
        all: FALSE_NEGATIVE | inner | CORRECT,
        usual: FALSE_NEGATIVE | inner,
      };
    case "column band":
      return {
        all: inner | CORRECT | FALSE_POSITIVE,
        usual: inner | FALSE_POSITIVE,
      };
    default:
      return {
        all: WRONG_CLASS | CORRECT | FALSE_POSITIVE,
        usual: WRONG_CLASS,
      };
  }
}

/** How many samples there are of each bit, of those that pass. */
export function countWhich(
  which: Uint8Array,
  passes: Uint8Array,
): Record<number, number> {
  const counts: Record<number, number> = {
    [FALSE_NEGATIVE]: 0,
    [WRONG_CLASS]: 0,
    [CORRECT]: 0,
    [FALSE_POSITIVE]: 0,
  };
  for (let i = 0; i < which.length; i++) {
    if (which[i] && passes[i]) counts[which[i]!]!++;
  }
  return counts;
}
