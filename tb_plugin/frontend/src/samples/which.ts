/** What a sample is to the selection: missed, mixed up in it, right, intruding. */

import { kindOf, type Selection, spansOf } from "../selection.ts";
import { isLeaf, type Tree } from "../tree.ts";
import type { Facts } from "./facts.ts";

/** Bits, so that several can be chosen. */
export const AWAY = 1;
export const WITHIN = 2;
export const RIGHT = 4;
export const INTO = 8;

/**
 * [N] one of the bits for each sample, 0 for those it does not concern.
 *
 * Of a pair of groups, or a rectangle, `INTO` are those confused the other way.
 */
export function sortOut(
  tree: Tree,
  { actual, predicted }: Facts,
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
    if (isOf && isTo) found[i] = row === column ? RIGHT : WITHIN;
    else if (isPair) {
      if (isIn(row, across) && isIn(column, down) && row !== column) {
        found[i] = INTO;
      }
    } else if (isOf) found[i] = AWAY;
    else if (isTo) found[i] = INTO;
  }
  return found;
}

/** What of these there can be, and what is shown unless the user says. */
export function offered(
  tree: Tree,
  selection: Selection,
): { all: number; usual: number } {
  const node = selection.rows || selection.columns;
  const inner = isLeaf(tree, node) ? 0 : WITHIN;
  switch (kindOf(selection)) {
    case "all":
      return { all: WITHIN | RIGHT, usual: WITHIN };
    case "group":
      return { all: AWAY | inner | RIGHT | INTO, usual: AWAY | inner };
    case "row band":
      return { all: AWAY | inner | RIGHT, usual: AWAY | inner };
    case "column band":
      return { all: inner | RIGHT | INTO, usual: inner | INTO };
    default:
      return { all: WITHIN | RIGHT | INTO, usual: WITHIN };
  }
}

/** How many samples there are of each bit, of those that pass. */
export function countWhich(
  which: Uint8Array,
  passes: Uint8Array,
): Record<number, number> {
  const counts: Record<number, number> = {
    ...{ [AWAY]: 0, [WITHIN]: 0, [RIGHT]: 0, [INTO]: 0 },
  };
  for (let i = 0; i < which.length; i++) {
    if (which[i] && passes[i]) counts[which[i]!]!++;
  }
  return counts;
}
