/** The confusions that a selection touches, in the order that one asks for. */

import { nameRanks } from "../hierarchy/classNames.ts";
import {
  type Cut,
  type Groups,
  isAsymmetric,
  makeCut,
} from "../hierarchy/groups.ts";
import {
  type Box,
  kindOf,
  type Selection,
  type Span,
  spansOf,
} from "../hierarchy/selection.ts";
import { lowestCommonAncestorOfNodes, type Tree } from "../hierarchy/tree.ts";
import { errorsBetween } from "./blocks.ts";
import { type Cells, type Epoch, reverses } from "./cells.ts";
import type { PairTest, PairTests } from "./pairTests.ts";
import { arrange } from "./radixSort.ts";

/**
 * Indices into the cells, strongest first; past the last: a group’s own block.
 */
export interface Pairs {
  cut: Cut;
  cells: Cells;
  /** [G] errors within a group; zero for classes. */
  within: Float64Array;
  list: Uint32Array;
  /** By index, in a comparison: how many more there are in the other matrix. */
  change?: Change;
  /** What the list is sorted by, if by evidence. */
  tests?: PairTests | null;
  /** By index, what the list is sorted by, and the most of that in it. */
  measure?: (k: number) => number;
  most?: number;
}

/** The flag of a change of which nothing is known; else 0 or 1. */
export const UNTESTED = 2;

/** Samples, or shares of the row where the two have not as many. */
export interface Change {
  /** NaN of a share where one of the two has no samples of the row. */
  by: Float64Array;
  isShare: boolean;
  /** Flags of what is more than chance, among all that is listed. */
  isBeyond?: Uint8Array;
}

export interface Pair {
  /** Nodes; the same twice for errors within a group. */
  rows: number;
  columns: number;
  count: number;
}

/** A choice of cells to list, as the matrix shows them or finer. */
export type Source = Pick<Pairs, "cut" | "cells" | "within" | "change">;

const leafCuts = new WeakMap<Tree, Cut>();

export function leafCut(tree: Tree): Cut {
  let cut = leafCuts.get(tree);
  if (!cut) {
    cut = makeCut(tree, tree.leaves);
    leafCuts.set(tree, cut);
  }
  return cut;
}

/** Whether whole groups of a cut make up a rectangle. */
export function isMadeOf(tree: Tree, cut: Cut, box: Box): boolean {
  const starts =
    ({ nodes, groupOf }: Groups) =>
    (position: number): boolean =>
      position === tree.leaves.length ||
      tree.start[nodes[groupOf[position]!]!] === position;
  return box.rows.every(starts(cut)) && box.columns.every(starts(cut.columns));
}

/** Errors below this count are in the order of the cells already. */
const SORTED_BELOW = 4095;

export function pairsIn(
  tree: Tree,
  source: Source,
  selection: Selection,
): Pairs {
  const { cut, cells, within, change } = source;
  const test = touching(tree, cut, selection);
  const { row, column, count, weakestFirst } = cells;
  const own: number[] = [];
  within.forEach((errors, group) => {
    const k = count.length + group;
    if ((errors > 0 || change?.by[k]) && test(group, group)) own.push(k);
  });
  const list = new Uint32Array(count.length + own.length);
  let found = 0;
  for (let i = weakestFirst.length - 1; i >= 0; i--) {
    const k = weakestFirst[i]!;
    if (test(row[k]!, column[k]!)) list[found++] = k;
  }
  const pairs = { ...source, list };
  const total = found + own.length;
  const value = (k: number): number => countOf(pairs, k);
  // Means of several runs are in the order of their whole parts alone.
  const sortedBelow = count instanceof Float64Array ? 0 : SORTED_BELOW;
  let large = 0;
  while (large < found && value(list[large]!) >= sortedBelow) large++;
  list.subarray(0, large).sort((a, b) => value(b) - value(a));
  // Merged from the back, where there is room.
  own.sort((a, b) => value(b) - value(a));
  for (let to = total - 1, i = found - 1; own.length; to--) {
    const takesOwn = i < 0 || value(own.at(-1)!) <= value(list[i]!);
    list[to] = takesOwn ? own.pop()! : list[i--]!;
  }
  return { ...pairs, list: list.subarray(0, total) };
}

/** A group is touched by both its bands, everything else by its block. */
function touching(
  tree: Tree,
  cut: Cut,
  selection: Selection,
): (row: number, column: number) => boolean {
  const kind = kindOf(selection);
  if (kind === "all") return () => true;
  const box = spansOf(tree, selection);
  const flags = ({ nodes }: Groups, [from, to]: Span): Uint8Array =>
    Uint8Array.from(nodes, (node) =>
      tree.start[node]! < to && tree.stop[node]! > from ? 1 : 0,
    );
  const inRows = flags(cut, box.rows);
  const inColumns = flags(cut.columns, box.columns);
  return kind === "group"
    ? (row, column) => inRows[row]! + inColumns[column]! > 0
    : (row, column) => inRows[row]! + inColumns[column]! === 2;
}

function countOf({ cells, within }: Pairs, k: number): number {
  const { count } = cells;
  return k < count.length ? count[k]! : within[k - count.length]!;
}

function placeOf({ cells }: Pairs, k: number): [number, number] {
  const own = k - cells.count.length;
  return own < 0 ? [cells.row[k]!, cells.column[k]!] : [own, own];
}

function nodesOf(pairs: Pairs, k: number): [number, number] {
  const [row, column] = placeOf(pairs, k);
  return [pairs.cut.nodes[row]!, pairs.cut.columns.nodes[column]!];
}

export function pairAt(pairs: Pairs, index: number): Pair {
  const k = pairs.list[index]!;
  const [rows, columns] = nodesOf(pairs, k);
  return { rows, columns, count: countOf(pairs, k) };
}

/** Of a pair: what the list is sorted by, as a share of the most in it. */
export function barAt(pairs: Pairs, index: number): number {
  const { measure, most, list } = pairs;
  return measure && most ? measure(list[index]!) / most : 0;
}

export function changeAt(
  { change, list }: Pairs,
  index: number,
): number | null {
  return change ? change.by[list[index]!]! : null;
}

/** Whether the change of a pair is no more than what chance does. */
export function isChanceAt({ change, list }: Pairs, index: number): boolean {
  return (change?.isBeyond?.[list[index]!] ?? 1) !== 1;
}

/** Whether nobody knows if it is. */
export function isUntestedAt({ change, list }: Pairs, index: number): boolean {
  return change?.isBeyond?.[list[index]!] === UNTESTED;
}

/** The test by which the list is sorted; null if it is not. */
export function testAt(pairs: Pairs, index: number): PairTest | null {
  const { tests, list } = pairs;
  return tests ? tests.testOf(...nodesOf(pairs, list[index]!)) : null;
}

export const SORT_KEYS = [
  "change",
  "fewer",
  "count",
  "share",
  "mutual",
  "surprise",
  "oneway",
  "distance",
  "actual",
  "predicted",
] as const;

export type SortKey = (typeof SORT_KEYS)[number];

/** By size, or from the most that went to the most that came. */
export function isOfChange(key: SortKey): boolean {
  return key === "change" || key === "fewer";
}

/** By evidence against what is to be expected. */
export function isOfTests(key: SortKey): key is "surprise" | "oneway" {
  return key === "surprise" || key === "oneway";
}

export interface Sort {
  key: SortKey;
  /** Against the usual: least first, or from the end of the alphabet. */
  flipped: boolean;
}

/** Sorts pairs; equals stay as they were, strongest first. */
export function sortPairs(
  tree: Tree,
  epoch: Epoch,
  pairs: Pairs,
  { key, flipped }: Sort,
): Pairs {
  const { list } = pairs;
  const count = (k: number): number => countOf(pairs, k);
  const byCount = { measure: count, most: list.length ? count(list[0]!) : 0 };
  const isLacking =
    (isOfChange(key) && !pairs.change) || (isOfTests(key) && !pairs.tests);
  if (key === "count" || isLacking) {
    const sorted = flipped ? list.slice().reverse() : list;
    return { ...pairs, ...byCount, list: sorted };
  }
  const value = valuesOf(tree, epoch, pairs, key);
  const measure =
    key === "fewer" ? valuesOf(tree, epoch, pairs, "change") : value;
  const isOrder = key === "actual" || key === "predicted" || isOfTests(key);
  // Many pairs, in every epoch that is scrubbed over: no iterators.
  const values = new Float64Array(list.length);
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    values[i] = value(list[i]!);
    const by = measure === value ? values[i]! : measure(list[i]!);
    if (by > most) most = by;
  }
  return {
    ...pairs,
    ...(isOrder ? byCount : { measure, most }),
    list: knownFirst(pairs, key, arrange(list, values, flipped)),
  };
}

/** A list by change, with those that are not known behind all others. */
function knownFirst(
  { change }: Pairs,
  key: SortKey,
  list: Uint32Array,
): Uint32Array {
  // Only shares can be unknown.
  if (!isOfChange(key) || !change!.isShare) return list;
  const isUnknown = (k: number): boolean => Number.isNaN(change!.by[k]);
  const unknown = list.filter(isUnknown);
  if (!unknown.length) return list;
  const sorted = new Uint32Array(list.length);
  sorted.set(list.filter((k) => !isUnknown(k)));
  sorted.set(unknown, list.length - unknown.length);
  return sorted;
}

/** What is sorted by, as whole numbers below 2^32, the first the largest. */
function valuesOf(
  tree: Tree,
  epoch: Epoch,
  pairs: Pairs,
  key: Exclude<SortKey, "count">,
): (k: number) => number {
  const place = (k: number): [number, number] => nodesOf(pairs, k);
  // Means of runs are sorted by parts of a sample.
  const parts = pairs.cells.count instanceof Float64Array ? 64 : 1;
  switch (key) {
    case "change":
    case "fewer": {
      const { by, isShare } = pairs.change!;
      const unit = isShare ? 2 ** 30 : parts;
      return key === "change"
        ? (k) => Math.round((Math.abs(by[k]!) || 0) * unit)
        : (k) => 2 ** 31 - Math.round(by[k]! * unit);
    }
    case "surprise":
    case "oneway": {
      // What is not listed comes last.
      const { placeOf, answer } = pairs.tests!;
      const last = answer.rows.length;
      return (k) => last - (placeOf(...place(k)) ?? last);
    }
    case "share":
      return (k) => {
        const samples = epoch.sums.support[place(k)[0]]!;
        return Math.round((countOf(pairs, k) / samples) * 2 ** 31);
      };
    case "mutual": {
      if (isAsymmetric(pairs.cut)) {
        return (k) => {
          const [rows, columns] = place(k);
          const back = errorsBetween(tree, epoch, columns, rows);
          return Math.round(parts * Math.min(pairs.cells.count[k]!, back));
        };
      }
      const back = reverses(pairs.cells);
      return (k) => {
        const isOwn = k >= back.length;
        const both = isOwn ? 0 : Math.min(pairs.cells.count[k]!, back[k]!);
        return Math.round(parts * both);
      };
    }
    case "distance":
      return (k) => {
        return tree.height[lowestCommonAncestorOfNodes(tree, ...place(k))]!;
      };
    default: {
      const ranks = nameRanks(tree);
      const side = key === "actual" ? 0 : 1;
      return (k) => ranks.length - ranks[place(k)[side]]!;
    }
  }
}
