/** What a section of the panel is about. */

import type { Epoch } from "../confusion/cells.ts";
import type { Tree } from "../hierarchy/tree.ts";

export interface GroupProps {
  tree: Tree;
  epoch: Epoch;
  node: number;
}
