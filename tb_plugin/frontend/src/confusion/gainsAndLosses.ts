/** Which groups changed most, for better and for worse. */

import { contains, type Tree } from "../hierarchy/tree.ts";

export interface Gain {
  node: number;
  by: number;
}

/** Less than this is written as nothing: half of a tenth of a point. */
const LEAST = 0.0005;

/** The largest changes on either side, the largest first. */
export function gainsAndLosses(
  nodes: Iterable<number>,
  changeOf: (node: number) => number,
  most: number,
): { gained: Gain[]; lost: Gain[] } {
  const all = Array.from(nodes, (node) => ({ node, by: changeOf(node) }));
  const largest = (sign: 1 | -1): Gain[] =>
    all
      .filter(({ by }) => sign * by >= LEAST)
      .sort((a, b) => sign * (b.by - a.by))
      .slice(0, most);
  return { gained: largest(1), lost: largest(-1) };
}

/** The groups of a cut in a group, or its classes where it is not divided. */
export function groupsIn(
  tree: Tree,
  cut: Int32Array,
  group: number,
): Int32Array {
  const inside = cut.filter(
    (node) => node !== group && contains(tree, group, node),
  );
  if (inside.length) return inside;
  return tree.leaves.slice(tree.start[group], tree.stop[group]);
}
