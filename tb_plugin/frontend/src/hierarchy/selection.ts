/** What is selected: a group, a pair of groups, a band, or a rectangle. */

import { whole } from "../ui/format.ts";
import { contains, lowestCommonAncestorOfNodes, type Tree } from "./tree.ts";

/** Half-open, in positions. */
export type Span = readonly [from: number, to: number];

export interface Box {
  rows: Span;
  columns: Span;
}

/**
 * A block of the matrix: the rows of one node, the columns of another.
 *
 * One node twice is a group, the root on one side a band, on both nothing. A
 * rectangle is a `box` within the smallest nodes that hold it.
 */
export interface Selection {
  rows: number;
  columns: number;
  box?: Box;
}

export const NOTHING: Selection = { rows: 0, columns: 0 };

export type Kind =
  | "all"
  | "group"
  | "block"
  | "row band"
  | "column band"
  | "rectangle";

export function kindOf({ rows, columns, box }: Selection): Kind {
  if (box) return "rectangle";
  if (rows === columns) return rows === 0 ? "all" : "group";
  if (columns === 0) return "row band";
  return rows === 0 ? "column band" : "block";
}

export function spanOf(tree: Tree, node: number): Span {
  return [tree.start[node]!, tree.stop[node]!];
}

export function spansOf(tree: Tree, { rows, columns, box }: Selection): Box {
  if (box) return box;
  return { rows: spanOf(tree, rows), columns: spanOf(tree, columns) };
}

/** The first place of a span, and the one past its last. */
export function placesIn(tree: Tree, [from, to]: Span): [number, number] {
  return [tree.leafEdges[from]!, tree.leafEdges[to]!];
}

/** How many classes a rectangle is tall and wide. */
export function boxSizeInWords(tree: Tree, { rows, columns }: Box): string {
  const sides = [rows, columns].map((span) => {
    const [low, high] = placesIn(tree, span);
    return whole(high - low);
  });
  return sides.join(" × ");
}

/** The selection of a rectangle of positions: of nodes where it is some. */
export function selectionOf(tree: Tree, box: Box): Selection {
  const rows = smallestOver(tree, box.rows);
  const columns = smallestOver(tree, box.columns);
  const fits = (node: number, [from, to]: Span): boolean =>
    tree.start[node] === from && tree.stop[node] === to;
  const isExact = fits(rows, box.rows) && fits(columns, box.columns);
  return isExact ? { rows, columns } : { rows, columns, box };
}

function smallestOver(tree: Tree, [from, to]: Span): number {
  return lowestCommonAncestorOfNodes(
    tree,
    tree.leaves[from]!,
    tree.leaves[to - 1]!,
  );
}

/** The group around a selection: the next that holds more classes. */
export function above(tree: Tree, selection: Selection): number {
  const { rows, columns } = selection;
  const kind = kindOf(selection);
  if (kind === "row band") return rows;
  if (kind === "column band") return columns;
  if (kind !== "group") return lowestCommonAncestorOfNodes(tree, rows, columns);
  let node = rows;
  while (
    node > 0 &&
    tree.start[node] === tree.start[rows] &&
    tree.stop[node] === tree.stop[rows]
  ) {
    node = tree.parent[node]!;
  }
  return node;
}

export interface Chosen {
  node: number;
  /** Of a rectangle: then groups in the span are meant, not the node. */
  span: Span | null;
}

/** What one axis of the trees shows of a selection. */
export function chosenOn(
  axis: "rows" | "columns",
  selection: Selection,
): Chosen {
  return { node: selection[axis], span: selection.box?.[axis] ?? null };
}

/** Whether a node is chosen, or part of what is. */
export function isWithin(
  tree: Tree,
  { node: chosen, span }: Chosen,
  node: number,
): boolean {
  if (span) {
    return tree.start[node]! >= span[0] && tree.stop[node]! <= span[1];
  }
  return chosen !== 0 && contains(tree, chosen, node);
}

/** The same selection in another tree; what is not there is not selected. */
export function carryOver(
  from: Tree,
  to: Tree,
  selection: Selection,
): Selection {
  const { rows, columns, box } = selection;
  if (box && to.leafOfLabel.length === from.leafOfLabel.length) {
    const [newRows, newColumns] = [
      moved(from, to, box.rows),
      moved(from, to, box.columns),
    ];
    if (newRows && newColumns) {
      return selectionOf(to, { rows: newRows, columns: newColumns });
    }
  }
  const same = (node: number): number =>
    node === 0 ? 0 : to.ids.indexOf(from.ids[node]!);
  const [newRows, newColumns] = [same(rows), same(columns)];
  if (newRows >= 0 && newColumns >= 0) {
    return { rows: newRows, columns: newColumns };
  }
  const found = Math.max(newRows, newColumns, 0);
  return { rows: found, columns: found };
}

/** The span of the same classes, if they are still side by side. */
function moved(from: Tree, to: Tree, [first, last]: Span): Span | null {
  const positions = from.order
    .subarray(first, last)
    .map((label) => to.leafOfLabel[label]!);
  const low = positions.reduce((a, b) => Math.min(a, b));
  const high = positions.reduce((a, b) => Math.max(a, b));
  return high - low === last - first - 1 ? [low, high + 1] : null;
}

/** A rectangle as a link keeps it: by the labels at its corners. */
export function boxToLabels(tree: Tree, { rows, columns }: Box): number[] {
  return [rows[0], rows[1] - 1, columns[0], columns[1] - 1].map(
    (position) => tree.order[position]!,
  );
}

export function boxFromLabels(
  tree: Tree,
  labels: readonly number[],
): Box | null {
  const positions = labels.map((label) => tree.leafOfLabel[label]);
  if (labels.length !== 4 || positions.includes(undefined)) return null;
  const [a, b, c, d] = positions as [number, number, number, number];
  return {
    rows: [Math.min(a, b), Math.max(a, b) + 1],
    columns: [Math.min(c, d), Math.max(c, d) + 1],
  };
}
