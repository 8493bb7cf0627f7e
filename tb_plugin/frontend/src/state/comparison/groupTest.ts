/** How sure the change of a group is, in words. */

import { tree } from "../page.ts";
import { current, inWords } from "./evidence.ts";

export function testOfGroup(node: number): string | null {
  const nodes = current.value?.nodes;
  const at = tree.value?.logged[node] ?? -1;
  const p = nodes?.p[at];
  if (!nodes || typeof p !== "number") return null;
  return inWords({
    p,
    fixed: nodes.fixed?.[at] ?? undefined,
    broken: nodes.broken?.[at] ?? undefined,
    low: nodes.low?.[at] ?? undefined,
    high: nodes.high?.[at] ?? undefined,
  });
}
