/** Which cells are shown; the rest goes into an *other* row and column. */

import type { Cut } from "../hierarchy/groups.ts";
import { groupOfNode, makeCut } from "../hierarchy/groups.ts";
import { type Level, nearestLevel, type Tree } from "../hierarchy/tree.ts";
import { type Cells, collapse, countsLike, type NamedOut } from "./cells.ts";
import { ROUNDING, type Scale, valueAt } from "./cellValues.ts";

/** Errors that stay in a group of a level, or that leave it. */
export interface Relation {
  kind: "within" | "between";
  groups: number;
}

/** Values from `from` up to, not including, `below`; in the scale's unit. */
export interface Range {
  from: number;
  below: number;
}

export const EVERYTHING: Range = { from: 0, below: Number.POSITIVE_INFINITY };

export interface Filters {
  /** Smallest count of a cell that is shown. */
  least: number;
  range: Range;
  relation: Relation | null;
  /** [n] which classes must take part, by position; null for any. */
  only: Uint8Array | null;
}

/** Of a cell, or of samples that are named a node, which `column` is then. */
export type Test = (
  row: number,
  column: number,
  count: number,
  isNode?: boolean,
) => boolean;

/** The level that a relation is about: the nearest, as trees differ. */
export function levelOf(tree: Tree, { groups }: Relation): Level | undefined {
  const levels = tree.levels.slice(0, -1);
  return levels[nearestLevel(levels, groups)];
}

/** What single classes must satisfy; null where all do. */
export function testOfClasses(
  tree: Tree,
  { relation, only }: Filters,
): Test | null {
  const level = relation && levelOf(tree, relation);
  if (!level && !only) return null;
  const groups = level && makeCut(tree, level.nodes);
  const within = relation?.kind === "within";
  return (row, column, _count, isNode) => {
    if (only && only[row] !== 1 && (isNode || only[column] !== 1)) return false;
    if (!groups) return true;
    const { groupOf } = groups;
    const named = isNode ? groupOfNode(tree, groups, column) : groupOf[column];
    return (groupOf[row] === named) === within;
  };
}

/** What cells must satisfy as they are drawn; null where all do. */
function testOfCounts({ least }: Filters): Test | null {
  return least > 1 ? (_row, _column, count) => count >= least : null;
}

function testOfValues({ range }: Filters, scale: Scale): Test | null {
  const { from, below } = range;
  if (from <= 0 && below === Number.POSITIVE_INFINITY) return null;
  return (row, column, count) => {
    const value = valueAt(scale, count, row, column) * (1 + ROUNDING);
    return value >= from && value < below;
  };
}

/** The cells that pass a test, in the order they had. */
export function keep(cells: Cells, passes: Test | null): Cells {
  if (!passes) return cells;
  const { size, row, column, count, weakestFirst } = cells;
  const place = new Int32Array(count.length).fill(-1);
  const rowStart = new Uint32Array(size + 1);
  const rows = new Uint16Array(count.length);
  const columns = new Uint16Array(count.length);
  const counts = countsLike(count, count.length);
  let kept = 0;
  for (let at = 0; at < size; at++) {
    for (let k = cells.rowStart[at]!; k < cells.rowStart[at + 1]!; k++) {
      if (!passes(at, column[k]!, count[k]!)) continue;
      place[k] = kept;
      rows[kept] = row[k]!;
      columns[kept] = column[k]!;
      counts[kept++] = count[k]!;
    }
    rowStart[at + 1] = kept;
  }
  const order = new Uint32Array(kept);
  let next = 0;
  for (const k of weakestFirst) if (place[k]! >= 0) order[next++] = place[k]!;
  return {
    ...cells,
    ...(cells.named && { named: keepNamed(cells.named, passes) }),
    rowStart,
    weakestFirst: order,
    row: rows.slice(0, kept),
    column: columns.slice(0, kept),
    count: counts.slice(0, kept),
    diagonal: cells.diagonal.map((value, at) =>
      value > 0 && passes(at, at, value) ? value : 0,
    ),
  };
}

function keepNamed(
  { tree, row, node, count }: NamedOut,
  passes: Test,
): NamedOut {
  const isKept = (_: number, k: number): boolean =>
    passes(row[k]!, node[k]!, count[k]!, true);
  return {
    tree,
    row: row.filter(isKept),
    node: node.filter(isKept),
    count: count.filter(isKept),
  };
}

/** The cells of a cut: all of them, those of wanted classes, those shown. */
export interface Picture {
  all: Cells;
  /** What the legend counts: before cells are told apart by their value. */
  wanted: Cells;
  shown: Cells;
}

export function makePicture(
  cells: Cells,
  drawn: { tree: Tree; cut: Cut; scale: Scale; all?: Cells | null },
  filters: Filters,
  errorsOnly: boolean,
  counted: Cells = cells,
): Picture {
  const { tree, cut, scale } = drawn;
  const all = drawn.all ?? collapse(cells, cut, errorsOnly);
  const ofClasses = testOfClasses(tree, filters);
  const some =
    ofClasses || counted !== cells
      ? collapse(keep(counted, ofClasses), cut, errorsOnly)
      : all;
  const wanted = keep(some, testOfCounts(filters));
  return { all, wanted, shown: keep(wanted, testOfValues(filters, scale)) };
}
