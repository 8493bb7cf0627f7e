/** How sure changes are, in words. */

import type { AccuracyTest } from "../../server/significance.ts";
import { chanceInWords, points, whole } from "../../ui/format.ts";
import { tree } from "../page.ts";
import { current, isLevelWithinChance } from "./evidence.ts";

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

export function testOfLevel(index: number): string | null {
  const test = current.value?.levels[index];
  const { p, q, tested } = test?.accuracy ?? {};
  if (typeof p !== "number") return null;
  const words = inWords({ ...test!.accuracy, p });
  // Said where it decides: p alone would call it a finding.
  return p <= test!.rate && isLevelWithinChance(index)
    ? `${words} alone, ${Number(q!.toPrecision(2))} as one of ${tested} levels`
    : words;
}

type Test = {
  [Key in Exclude<keyof AccuracyTest, "p" | "q" | "tested">]?:
    | AccuracyTest[Key]
    | undefined;
} & { p: number };

/** Samples that became right, and wrong; else how far shares lie apart. */
function inWords({ p, fixed, broken, low, high }: Test): string {
  const chance = chanceInWords(p);
  if (fixed !== undefined && broken !== undefined) {
    return `${whole(fixed)} fixed, ${whole(broken)} broken, ${chance}`;
  }
  // Of runs that show no spread there is no interval.
  if (low == null || high == null) return chance;
  return `${points(low)} to ${points(high)} points, ${chance}`;
}
