/** How alike classes are in a layer: a correlation each pair. */

import { decodeMatrix } from "../../confusion/matrixFormat.ts";
import type { Groups } from "../../hierarchy/groups.ts";
import { type Span, spanOf } from "../../hierarchy/selection.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import { plain } from "../../ui/format.ts";

/** Correlations come as 1 plus the hundredths above -1. */
const STEPS = 100;

export interface Likeness {
  size: number;
  /** [size x size] in display order; 0 where nothing is known. */
  codes: Uint8Array;
  /** [size] whether there are samples of each class. */
  isThere: Uint8Array;
}

/** @returns the pairs of a stored matrix above its diagonal, both ways */
export function readLikeness(buffer: ArrayBuffer, tree: Tree): Likeness {
  const { rowStart, column, count } = decodeMatrix(buffer, tree.leafOfLabel);
  const size = rowStart.length - 1;
  const codes = new Uint8Array(size * size);
  const isThere = new Uint8Array(size);
  for (let row = 0; row < size; row++) {
    for (let k = rowStart[row]!; k < rowStart[row + 1]!; k++) {
      const other = column[k]!;
      codes[row * size + other] = count[k]!;
      codes[other * size + row] = count[k]!;
      isThere[row] = 1;
      isThere[other] = 1;
    }
  }
  return { size, codes, isThere };
}

/**
 * The mean correlation of the classes in one span of positions with those in
 * another; a class and itself are no pair. NaN without any.
 */
export function meanBetween(
  { size, codes }: Likeness,
  [top, bottom]: Span,
  [left, right]: Span,
): number {
  let sum = 0;
  let pairs = 0;
  for (let row = top; row < bottom; row++) {
    const from = row * size;
    for (let at = from + left; at < from + right; at++) {
      const code = codes[at]!;
      sum += code;
      if (code) pairs++;
    }
  }
  return correlationOf(pairs ? sum / pairs : 0);
}

function correlationOf(code: number): number {
  return code ? (code - 1) / STEPS - 1 : Number.NaN;
}

/** 0.53 or −0.12, and "" for what is none. */
export function inWords(correlation: number, digits = 2): string {
  if (Number.isNaN(correlation)) return "";
  return plain(correlation, digits);
}

/** The same between groups, row by row: [G x G']. */
export function meansOf(
  likeness: Likeness,
  tree: Tree,
  rows: Groups,
  columns: Groups,
): Float32Array {
  const width = columns.nodes.length;
  const { size, codes } = likeness;
  const found = new Float32Array(rows.nodes.length * width);
  if (found.length === codes.length && width === size) {
    // All are classes: there is nothing to average.
    const values = Float32Array.from({ length: 256 }, (_, code) =>
      correlationOf(code),
    );
    for (let at = 0; at < found.length; at++) found[at] = values[codes[at]!]!;
    return found;
  }
  const spans = Array.from(columns.nodes, (node) => spanOf(tree, node));
  rows.nodes.forEach((node, row) => {
    const own = spanOf(tree, node);
    spans.forEach((span, column) => {
      found[row * width + column] = meanBetween(likeness, own, span);
    });
  });
  return found;
}
