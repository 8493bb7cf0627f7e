/** What is left out of the rows and columns of a node, in words. */

import { names } from "./compared.ts";
import type { Groups } from "./counts.ts";
import { type Others, others } from "./others.ts";
import { contains } from "./tree.ts";
import * as view from "./view.ts";

/** A line for each matrix that is shown. */
export function othersInWords(node: number): [term: string, text: string][] {
  const rest = others.value;
  const said = rest && sums(rest, node);
  if (!said) return [];
  const beside = rest.twin && sums(rest.twin, node);
  return [
    ["other", said],
    ...(beside
      ? [[`in ${names.value.other}`, beside] as [string, string]]
      : []),
  ];
}

function sums({ rows, columns, write }: Others, node: number): string | null {
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
