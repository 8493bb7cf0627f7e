/** What samples are called, and which class they are of. */

import type { IndexJson } from "../../server/answers.ts";

/** N samples, numbered by class. */
export interface SampleIndex {
  ids: readonly string[];
  /** [N] */
  labels: Uint32Array;
  /** [C + 1] number of the first sample of each class. */
  first: Uint32Array;
  /** Whether the ids were given; else they are positions in the data. */
  named: boolean;
}

export function readIndex(json: IndexJson): SampleIndex {
  const { counts, ids, named } = json;
  const first = new Uint32Array(counts.length + 1);
  const labels = new Uint32Array(ids.length);
  counts.forEach((count, label) => {
    first[label + 1] = first[label]! + count;
    labels.fill(label, first[label], first[label + 1]);
  });
  return { ids, labels, first, named };
}
