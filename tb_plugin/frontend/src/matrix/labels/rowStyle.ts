/** How a name beside the matrix looks: chosen, pointed at, or of no samples. */

import type { Sums } from "../../confusion/cells.ts";
import { absenceOf } from "../../confusion/missingClasses.ts";
import type { Chosen } from "../../hierarchy/selection.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import { relationTo } from "../../state/all.ts";

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
  const kin = relationTo(tree, node, chosen);
  return [
    "row",
    kin === "self" || kin === "part" ? "chosen" : "",
    node === hovered ? "strong" : "",
    sums && absenceOf(sums, node) ? "absent" : "",
  ].join(" ");
}
