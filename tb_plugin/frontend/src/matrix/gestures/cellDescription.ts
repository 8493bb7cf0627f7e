/** A cell of the matrix in words, for who listens to it. */

import { commonOf, errorsBetween, sumBetween } from "../../confusion/blocks.ts";
import type { Epoch } from "../../confusion/cells.ts";
import { fullName } from "../../hierarchy/classNames.ts";
import type { Box } from "../../hierarchy/selection.ts";
import {
  isLeaf,
  lowestCommonAncestorOfNodes,
  type Tree,
} from "../../hierarchy/tree.ts";
import { percentBriefly, plural, whole } from "../../ui/format.ts";
import { errorsIn } from "./drag.ts";

export function cellInWords(
  tree: Tree,
  epoch: Epoch,
  rows: number,
  columns: number,
): string {
  const { sums } = epoch;
  const samples = sums.support[rows]!;
  const actual = fullName(tree, rows);
  if (samples === 0) return `${actual}: no samples`;
  const count = sumBetween(tree, epoch, rows, columns);
  const share = percentBriefly(count / samples);
  const sizes = `${whole(count)} of ${whole(samples)}, ${share}`;
  const isOwn = rows === columns;
  if (isOwn && isLeaf(tree, rows)) return `${actual}, right: ${sizes}`;
  const predicted = fullName(tree, columns);
  if (commonOf(tree, rows, columns) !== null) {
    const what = isOwn ? ", right group" : ` named ${predicted}`;
    const wrong = whole(errorsBetween(tree, epoch, rows, columns));
    return `${actual}${what}: ${sizes}; ${wrong} of these the wrong class`;
  }
  const reverse = whole(sumBetween(tree, epoch, columns, rows));
  const where = lowestCommonAncestorOfNodes(tree, rows, columns);
  return (
    `${actual} named ${predicted}: ${sizes}; the reverse ${reverse}; ` +
    `common group: ${tree.names[where]} (${tree.height[where]} up)`
  );
}

/** A rectangle: its size in classes, where it begins and ends, its errors. */
export function boxInWords(tree: Tree, epoch: Epoch | null, box: Box): string {
  const [rows, columns] = [box.rows, box.columns].map(([from, to]) => {
    const names = [from, to - 1].map((at) => tree.names[tree.leaves[at]!]);
    return {
      classes: whole(tree.leafEdges[to]! - tree.leafEdges[from]!),
      ends: [...new Set(names)].join(" to "),
    };
  }) as [{ classes: string; ends: string }, { classes: string; ends: string }];
  const size = `${rows.classes} by ${columns.classes} classes`;
  const said = `${size}, ${rows.ends} named ${columns.ends}`;
  if (!epoch) return said;
  const { count } = errorsIn(epoch.cells, box);
  return `${said}: ${plural(count, "error", "errors")}`;
}
