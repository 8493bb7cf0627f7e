/** Brings a decoded epoch into another order of the same tree. */

import { nodesByLogged, type Tree } from "../hierarchy/tree.ts";
import { countsLike, type Epoch, sortByCount } from "./cells.ts";

/** @param to another order of the tree `from` */
export function reorderEpoch(epoch: Epoch, from: Tree, to: Tree): Epoch {
  const { cells, sums } = epoch;
  const { size } = cells;
  const place = Int32Array.from(from.order, (label) => to.leafOfLabel[label]!);
  const nonzeros = cells.count.length;
  const rowStart = new Uint32Array(size + 1);
  const row = new Uint16Array(nonzeros);
  const column = new Uint16Array(nonzeros);
  const count = countsLike(cells.count, nonzeros);
  let k = 0;
  for (let at = 0; at < size; at++) {
    const before = from.leafOfLabel[to.order[at]!]!;
    const stop = cells.rowStart[before + 1]!;
    for (let i = cells.rowStart[before]!; i < stop; i++, k++) {
      row[k] = at;
      column[k] = place[cells.column[i]!]!;
      count[k] = cells.count[i]!;
    }
    rowStart[at + 1] = k;
  }
  const diagonal = new Float64Array(size);
  cells.diagonal.forEach((value, position) => {
    diagonal[place[position]!] = value;
  });
  const nodes = nodesByLogged(from);
  const moved = (values: Float64Array): Float64Array =>
    Float64Array.from(to.logged, (logged) => values[nodes[logged]!]!);
  return {
    ...epoch,
    cells: {
      size,
      rowStart,
      row,
      column,
      count,
      diagonal,
      weakestFirst: sortByCount(count),
    },
    sums: {
      support: moved(sums.support),
      predictedCount: moved(sums.predictedCount),
      truePositives: moved(sums.truePositives),
      correct: moved(sums.correct),
      runs: sums.runs,
    },
  };
}
