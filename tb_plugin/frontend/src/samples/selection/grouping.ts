/** Samples in groups, each sorted. */

import type { Facts } from "../data/sampleFacts.ts";

export const GROUPINGS = ["actual", "predicted", "both"] as const;
export type Grouping = (typeof GROUPINGS)[number];

export const SORTS = ["probability", "margin", "loss"] as const;
export type SortBy = (typeof SORTS)[number];

/** Samples of one class, or of one pair: `list[from]` up to `list[to]`. */
export interface Group {
  /** Positions; null where they differ within the group. */
  actual: number | null;
  predicted: number | null;
  from: number;
  to: number;
}

export interface Arranged {
  /** Numbers of samples. */
  list: Uint32Array;
  groups: Group[];
}

/**
 * Groups in the order of the tree, the largest pairs of a class first.
 *
 * Within one, largest values come first, and of equal ones the lower number;
 * unknown values come last.
 */
export function arrange(
  facts: Facts,
  isShown: (i: number) => boolean,
  by: Grouping,
  sort: SortBy,
): Arranged {
  const { trueLeaf: actual, predictedLeaf: predicted } = facts;
  const keys = {
    probability: facts.confidence,
    margin: facts.margin,
    loss: facts.loss,
  }[sort];
  const outer = by === "predicted" ? predicted : actual;
  const buckets = new Map<number, number[]>();
  for (let i = 0; i < actual.length; i++) {
    if (!isShown(i)) continue;
    const key = outer[i]! * 65536 + (by === "both" ? predicted[i]! : 0);
    const bucket = buckets.get(key);
    if (bucket) bucket.push(i);
    else buckets.set(key, [i]);
  }
  const ordered = [...buckets].sort(([a, one], [b, other]) => {
    const rows = Math.floor(a / 65536) - Math.floor(b / 65536);
    return rows || other.length - one.length || a - b;
  });
  const value = keys.map((key) =>
    Number.isNaN(key) ? Number.NEGATIVE_INFINITY : key,
  );
  const list: number[] = [];
  const groups = ordered.map(([key, bucket]) => {
    // Infinite ones have no difference: then, too, numbers decide.
    bucket.sort((a, b) => value[b]! - value[a]! || a - b);
    const from = list.length;
    for (const i of bucket) list.push(i);
    const first = Math.floor(key / 65536);
    return {
      actual: by === "predicted" ? null : first,
      predicted:
        by === "both" ? key % 65536 : by === "predicted" ? first : null,
      from,
      to: list.length,
    };
  });
  return { list: Uint32Array.from(list), groups };
}

/** The classes on the other side of a group, the most frequent first. */
export function othersOf(
  { list }: Arranged,
  { from, to }: Group,
  side: Uint16Array,
): { position: number; count: number }[] {
  const counts = new Map<number, number>();
  for (let at = from; at < to; at++) {
    const position = side[list[at]!]!;
    counts.set(position, (counts.get(position) ?? 0) + 1);
  }
  return [...counts]
    .map(([position, count]) => ({ position, count }))
    .sort((a, b) => b.count - a.count || a.position - b.position);
}
