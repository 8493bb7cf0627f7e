/** Keeps in sight what is in sight when siblings change places. */

import { type Selection, type Span, spanOf, spansOf } from "./selection.ts";
import { leafIndexAt, type Tree } from "./tree.ts";

interface Window {
  x: number;
  y: number;
  span: number;
}

/** The smallest node over all places of a window, or the class in its middle. */
function anchorOf(tree: Tree, low: number, high: number): number {
  const first = leafIndexAt(tree, low + 0.5);
  const last = leafIndexAt(tree, high - 0.5);
  let node = tree.leaves[first]!;
  while (tree.stop[node]! <= last) node = tree.parent[node]!;
  return node || tree.leaves[leafIndexAt(tree, (low + high) / 2)]!;
}

/**
 * The window that shows in another order what this one shows.
 *
 * It follows the selection in sight, else the group that fills it, and may lie
 * outside the matrix. `chosen` is numbered as in `from`, `kept` as in `to`.
 */
export function keptInView(
  from: Tree,
  to: Tree,
  window: Window,
  chosen: Selection,
  kept: Selection,
): Window {
  const shift = (axis: "rows" | "columns", low: number): number => {
    const high = low + window.span;
    const before = spansOf(from, chosen)[axis];
    const after = spansOf(to, kept)[axis];
    const places = ([first, last]: Span): [number, number] => [
      from.leafEdges[first]!,
      from.leafEdges[last]!,
    ];
    const [start, stop] = places(before);
    const isAll = before[1] - before[0] === from.leaves.length;
    const isKept = after[1] - after[0] === before[1] - before[0];
    if (!isAll && isKept && start < high && stop > low) {
      return to.leafEdges[after[0]]! - start;
    }
    const node = anchorOf(from, low, high);
    const moved = to.ids.indexOf(from.ids[node]!);
    if (moved < 0) return 0;
    return (
      to.leafEdges[spanOf(to, moved)[0]]! -
      from.leafEdges[spanOf(from, node)[0]]!
    );
  };
  const { x, y, span } = window;
  return { x: x + shift("columns", x), y: y + shift("rows", y), span };
}
