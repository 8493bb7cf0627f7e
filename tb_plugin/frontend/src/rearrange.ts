/** Brings a decoded epoch into another order of the same tree. */

import { type Epoch, sortByCount } from "./counts.ts";
import { nodesByLogged, type Tree } from "./tree.ts";

/** @param to another order of the tree `from` */
export function rearrange(epoch: Epoch, from: Tree, to: Tree): Epoch {
  const { cells, sums } = epoch;
  const { size } = cells;
  const place = Int32Array.from(from.order, (label) => to.rank[label]!);
  const nonzeros = cells.count.length;
  const rowStart = new Uint32Array(size + 1);
  const row = new Uint16Array(nonzeros);
  const column = new Uint16Array(nonzeros);
  const count = new Uint32Array(nonzeros);
  let k = 0;
  for (let at = 0; at < size; at++) {
    const before = from.rank[to.order[at]!]!;
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
      ...{ size, rowStart, row, column, count, diagonal },
      weakestFirst: sortByCount(count),
    },
    sums: {
      actual: moved(sums.actual),
      predicted: moved(sums.predicted),
      inside: moved(sums.inside),
      right: moved(sums.right),
    },
  };
}
