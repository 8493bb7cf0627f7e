/** Which groups make up a span of positions. */

import type { Span } from "./selection.ts";
import type { Tree } from "./tree.ts";

/** The largest nodes that together hold the positions of a span, in order. */
export function nodesOver(tree: Tree, [from, to]: Span): number[] {
  const found: number[] = [];
  for (let at = from; at < to; ) {
    let node = tree.leaves[at]!;
    for (;;) {
      const above = tree.parent[node]!;
      const fits =
        above >= 0 && tree.start[above] === at && tree.stop[above]! <= to;
      if (!fits) break;
      node = above;
    }
    found.push(node);
    at = tree.stop[node]!;
  }
  return found;
}
