/** Groups of a computed tree that may not come back with other samples. */

import type { Tree } from "./tree.ts";

/** Whether the support of a node is not half of the way from chance to 1. */
export function isWeak({ computed, logged }: Tree, node: number): boolean {
  const at = logged[node]!;
  const { support = [], support_chance: chance = [] } = computed ?? {};
  return support[at]! < (1 + (chance[at] ?? 0)) / 2;
}
