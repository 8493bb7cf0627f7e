/** The frame of a map of responses, in the place of the matrix. */

import type { Sums } from "../../confusion/cells.ts";
import { spanOf } from "../../hierarchy/selection.ts";
import type { CellPainter, Frame } from "../../matrix/canvas/frame.ts";
import { currentGeometry, type Geometry } from "../../matrix/MatrixCanvas.tsx";
import * as view from "../../state/all.ts";

/**
 * Marks classes without samples as such, and no others.
 *
 * @param of what holds a flag for each place of the tree
 */
export function presenceIn(of: { isThere: Uint8Array } | null): Sums | null {
  const tree = view.tree.value;
  if (!of || !tree) return null;
  const there = Float64Array.from(tree.parent, (_, node) =>
    of.isThere.subarray(...spanOf(tree, node)).includes(1) ? 1 : 0,
  );
  return {
    support: there,
    predictedCount: there,
    truePositives: there,
    correct: there,
  };
}

/** @param painterOf draws the cells; null while they have not come */
export function frameOf(
  sums: Sums | null,
  painterOf: ((geometry: Geometry) => CellPainter) | null,
): Frame | null {
  const geometry = currentGeometry();
  if (!geometry) return null;
  const [epoch, cells, scale] = [
    view.epoch.value,
    view.cells.value,
    view.scale.value,
  ];
  const isThere = epoch && cells && scale && sums && painterOf;
  return {
    ...geometry,
    data: isThere ? { epoch: { ...epoch, sums }, cells, scale } : null,
    showsDiagonal: false,
    remainder: null,
    blocks: null,
    zoomedPainter: null,
    bars: "rates",
    painter: isThere ? painterOf(geometry) : null,
  };
}
