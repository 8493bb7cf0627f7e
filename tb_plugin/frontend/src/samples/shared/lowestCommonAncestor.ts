/** A sample among the classes of the tree. */

import {
  isLeaf,
  lowestCommonAncestor,
  type Tree,
} from "../../hierarchy/tree.ts";
import type { Facts } from "../data/sampleFacts.ts";

export interface OfSample {
  tree: Tree;
  facts: Facts;
  sample: number;
}

/** Where two positions meet, and how far up that is. */
export function meetingOf(
  tree: Tree,
  actual: number,
  predicted: number,
): { node: number; distance: number } {
  const node = lowestCommonAncestor(tree, actual, predicted);
  return { node, distance: isLeaf(tree, node) ? 0 : tree.height[node]! };
}
