/** The mean of the runs whose sum a matrix is. */

import { type Epoch, type Sums, sortByCount } from "../../confusion/cells.ts";

const means = new WeakMap<Epoch, Epoch>();

/** The same epoch where it is of one run; else one of no whole numbers. */
export function meanOf(epoch: Epoch): Epoch {
  const { runs = 1 } = epoch.sums;
  if (runs === 1) return epoch;
  const known = means.get(epoch);
  if (known) return known;
  const divide = (values: Iterable<number>): Float64Array =>
    Float64Array.from(values, (value) => value / runs);
  const { cells, sums } = epoch;
  const count = divide(cells.count);
  const mean: Epoch = {
    cells: {
      ...cells,
      count,
      diagonal: divide(cells.diagonal),
      weakestFirst: sortByCount(count),
    },
    sums: meanSums(sums, divide),
    total: epoch.total / runs,
    errors: epoch.errors / runs,
  };
  means.set(epoch, mean);
  return mean;
}

function meanSums(
  { support, predictedCount, truePositives, correct }: Sums,
  divide: (values: Float64Array) => Float64Array,
): Sums {
  return {
    support: divide(support),
    predictedCount: divide(predictedCount),
    truePositives: divide(truePositives),
    correct: divide(correct),
  };
}
