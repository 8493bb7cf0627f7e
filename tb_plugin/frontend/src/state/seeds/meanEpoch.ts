/** The mean of the runs whose sum a matrix is. */

import type { Counts, Epoch, Sums } from "../../confusion/cells.ts";

const means = new WeakMap<Epoch, Epoch>();

/** The same epoch where it is of one run; else one of no whole numbers. */
export function meanOf(epoch: Epoch): Epoch {
  const { runs = 1 } = epoch.sums;
  if (runs === 1) return epoch;
  const known = means.get(epoch);
  if (known) return known;
  // Many cells, in every epoch that is scrubbed over: no iterators.
  const divide = (values: Counts): Float64Array => {
    const found = new Float64Array(values.length);
    for (let k = 0; k < found.length; k++) found[k] = values[k]! / runs;
    return found;
  };
  const { cells, sums, strangers } = epoch;
  const { named } = cells;
  const mean: Epoch = {
    // The order of the cells by their counts stays as it is.
    cells: {
      ...cells,
      count: divide(cells.count),
      diagonal: divide(cells.diagonal),
      ...(named && { named: { ...named, count: divide(named.count) } }),
    },
    sums: meanSums(sums, divide),
    total: epoch.total / runs,
    errors: epoch.errors / runs,
    ...(strangers && { strangers: divide(strangers) }),
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
