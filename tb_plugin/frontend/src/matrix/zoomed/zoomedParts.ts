/** What is drawn while a part of the matrix is shown: it comes then. */

import type { DrawnRemainder } from "../../confusion/remainder.ts";
import type { Groups } from "../../hierarchy/groups.ts";
import { contains } from "../../hierarchy/tree.ts";
import * as view from "../../state/all.ts";
import { comparisonNames } from "../../state/comparison/comparedEpoch.ts";
import { drawnRemainder } from "../../state/comparison/drawnRemainder.ts";
import { addStyle } from "../../ui/addStyle.ts";
import style from "./zoomed.css?inline";

export { ColumnLabels } from "./ColumnLabels.tsx";
export { drawGrid, drawRemainder, drawTotals } from "./drawRemainder.ts";
export { leftOut, reasons } from "./filterReasons.ts";
export { Minimap } from "./Minimap.tsx";
export { shownBlocks } from "./subBlocks.ts";

addStyle(style);

/** What is left out of a node: a line for each matrix that is shown. */
export function remainderInWords(node: number): [term: string, text: string][] {
  const rest = drawnRemainder.value;
  const said = rest && sums(rest, node);
  if (!said) return [];
  const beside = rest.sideBySide && sums(rest.sideBySide, node);
  return [
    ["other", said],
    ...(beside
      ? [[`in ${comparisonNames.value.other}`, beside] as [string, string]]
      : []),
  ];
}

function sums(
  { rows, columns, write }: DrawnRemainder,
  node: number,
): string | null {
  const [tree, cut] = [view.tree.value, view.cut.value];
  if (!tree || !cut) return null;
  const groups = ({ nodes }: Groups): number[] =>
    [...nodes.keys()].filter((group) => contains(tree, node, nodes[group]!));
  const sum = (of: Float64Array, some: number[]): string =>
    write(some.reduce((all, group) => all + of[group]!, 0));
  const down = groups(cut);
  // Shares of different rows have no sum.
  if (!columns) return down.length === 1 ? `row ${sum(rows, down)} %` : null;
  return `row ${sum(rows, down)}  ·  column ${sum(columns, groups(cut.columns))}`;
}
