/** The boxes of a tree beside the matrix, in columns from coarse to fine. */

import { classesOf, placesOf, type Tree } from "../../hierarchy/tree.ts";

export interface TreeBox {
  node: number;
  /** First column, and one past the last: the same group is drawn once. */
  from: number;
  to: number;
  /** Places. */
  low: number;
  high: number;
}

/** A single class has its name beside the rows: only the first column shows it. */
export function boxesOf(tree: Tree, columns: readonly Int32Array[]): TreeBox[] {
  const boxes: TreeBox[] = [];
  const seen = new Map<number, TreeBox>();
  columns.forEach((nodes, column) => {
    for (const node of nodes) {
      const before = seen.get(node);
      if (before?.to === column) {
        before.to = column + 1;
        continue;
      }
      if (column > 0 && classesOf(tree, node) === 1) continue;
      const [low, high] = placesOf(tree, node);
      const box = { node, from: column, to: column + 1, low, high };
      seen.set(node, box);
      boxes.push(box);
    }
  });
  return boxes;
}

export interface Projection {
  /** Pixel of a place along an axis, and the pixels that are shown. */
  at: (place: number) => number;
  low: number;
  high: number;
}

/** The visible pixels of a span of places, or null outside the window. */
export function visible(
  { at, low, high }: Projection,
  from: number,
  to: number,
): [number, number] | null {
  const start = Math.max(at(from), low);
  const stop = Math.min(at(to), high);
  return stop > start ? [start, stop] : null;
}
