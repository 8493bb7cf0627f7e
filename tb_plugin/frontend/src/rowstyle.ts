/** How a name beside the matrix looks: chosen, pointed at, or of no samples. */

import { absenceOf } from "./absences.ts";
import type { Sums } from "./counts.ts";
import type { Chosen } from "./selection.ts";
import type { Tree } from "./tree.ts";
import { kinship } from "./view.ts";

export function styleOfRow(
  tree: Tree,
  node: number,
  about: {
    chosen: Chosen;
    /** The node under the pointer. */
    hovered: number | null | undefined;
    sums: Sums | undefined;
  },
): string {
  const { chosen, hovered, sums } = about;
  const kin = kinship(tree, node, chosen);
  return [
    "row",
    kin === "self" || kin === "part" ? "chosen" : "",
    node === hovered ? "strong" : "",
    sums && absenceOf(sums, node) ? "absent" : "",
  ].join(" ");
}
