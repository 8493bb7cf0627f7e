/** Classes that are shown alone stand side by side: the rest takes no place. */

import type { Axis } from "../hierarchy/cuts.ts";
import type { Cut } from "../hierarchy/groups.ts";
import { leafIndexAt, type Tree } from "../hierarchy/tree.ts";
import type { Cells, Sums } from "./cells.ts";

/** [n + 1] position to place on each axis. */
export type Alone = Record<Axis, Float64Array>;

/** Gives the room of an axis to groups with cells, and to wanted classes. */
export function compactAxes(
  tree: Tree,
  cut: Cut,
  cells: Cells,
  wanted: Uint8Array,
  { support: actual, predictedCount: predicted }: Sums,
): Alone {
  const rows = new Uint8Array(cut.nodes.length);
  const columns = new Uint8Array(cut.columns.nodes.length);
  for (let k = 0; k < cells.count.length; k++) {
    rows[cells.row[k]!] = 1;
    columns[cells.column[k]!] = 1;
  }
  wanted.forEach((isWanted, position) => {
    const leaf = tree.leaves[position]!;
    if (isWanted && actual[leaf]) rows[cut.groupOf[position]!] = 1;
    if (isWanted && predicted[leaf]) {
      columns[cut.columns.groupOf[position]!] = 1;
    }
  });
  return {
    rows: stretch(tree, (at) => rows[cut.groupOf[at]!] === 1),
    columns: stretch(tree, (at) => columns[cut.columns.groupOf[at]!] === 1),
  };
}

function stretch(
  { leafEdges: edge }: Tree,
  isKept: (position: number) => boolean,
): Float64Array {
  const places = new Float64Array(edge.length);
  for (let at = 0; at + 1 < edge.length; at++) {
    const size = edge[at + 1]! - edge[at]!;
    places[at + 1] = places[at]! + (isKept(at) ? size : 0);
  }
  const [kept, all] = [places.at(-1)!, edge.at(-1)!];
  return kept > 0 ? places.map((place) => (place * all) / kept) : edge;
}

/** Where on a stretched axis a place of the tree is. */
export function placeAlong(
  tree: Tree,
  places: Float64Array,
  place: number,
): number {
  const at = leafIndexAt(tree, place);
  const [low, high] = [tree.leafEdges[at]!, tree.leafEdges[at + 1]!];
  const [from, to] = [places[at]!, places[at + 1]!];
  return from + ((to - from) * (place - low)) / (high - low);
}
