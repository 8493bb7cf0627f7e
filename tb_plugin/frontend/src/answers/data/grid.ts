/** The matrix of true groups and answers, in the tree's order. */

import type { Tree } from "../../hierarchy/tree.ts";
import type { AnswersAnswer } from "../../server/answersAnswer.ts";

export interface Grid {
  /** Nodes of the page. */
  rows: number[];
  /** The same, then larger groups, and the root at last. */
  columns: number[];
  cells: { row: number; column: number; count: number; isRight: boolean }[];
  /** The largest count. */
  most: number;
}

/** @param nodeOf the page's node of each of the log's */
export function gridOf(
  tree: Tree,
  { bars, cells }: AnswersAnswer,
  nodeOf: ArrayLike<number>,
): Grid {
  const here = (logged: number): number => nodeOf[logged]!;
  const rows = bars.nodes.map(here).sort((a, b) => a - b);
  const rowOf = new Map(rows.map((node, at) => [node, at]));
  const larger = [...new Set(cells.columns.map(here))]
    .filter((node) => node !== 0 && !rowOf.has(node))
    .sort((a, b) => a - b);
  const columns = [...rows, ...larger, 0];
  const columnOf = new Map(columns.map((node, at) => [node, at]));
  const { start, stop } = tree;
  return {
    rows,
    columns,
    cells: cells.counts.map((count, k) => {
      const [row, column] = [here(cells.rows[k]!), here(cells.columns[k]!)];
      return {
        row: rowOf.get(row)!,
        column: columnOf.get(column)!,
        count,
        isRight: start[column]! <= start[row]! && stop[row]! <= stop[column]!,
      };
    }),
    most: Math.max(1, ...cells.counts.slice(0, 1)),
  };
}
