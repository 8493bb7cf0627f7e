/** What a source says of the quality of classes and labels, as JSON. */

/** Entries in ranked order, of which the first `listed` are evidence. */
export interface List<Entry> {
  total: number;
  listed: number;
  entries: Entry[];
}

/** Classes are labels; numbers that do not exist are null. */
export interface PairJson {
  a: number;
  b: number;
  a_as_b: number;
  b_as_a: number;
  expected: number;
  evidence: number;
  false_discoveries: number;
  told_apart: number | null;
  merged_accuracy: number;
  inside: number | null;
  distance: number;
}

export interface CliqueJson {
  classes: number[];
  crossed: number;
  expected: number;
  merged_accuracy: number;
}

export interface TwoJson {
  class: number;
  errors: number;
  groups: [string, string];
  counts: [number, number];
  expected: [number, number];
  evidence: number;
  false_discoveries: number;
}

export interface SuspectJson {
  sample: number;
  id: string;
  given: number;
  suggested: number;
  p_given: number | null;
  p_suggested: number;
  threshold_given: number;
  threshold_suggested: number;
  trust: number | null;
  /** Other samples of one of the two classes, taken for the other. */
  crossings: number;
}

export interface ObjectsJson {
  sample: number;
  id: string;
  given: number;
  other: number;
  p_given: number;
  p_other: number;
  threshold_given: number;
  threshold_other: number;
  distance: number;
}

export interface SuspectsJson extends List<SuspectJson> {
  step: number;
  index: string;
  samples: number;
  top: number;
  known: boolean;
  accuracy: number | null;
  /** The like, of the epoch that the samples are of. */
  is_weak: boolean;
  expected_precision: number | null;
  two_objects: { total: number; entries: ObjectsJson[] };
}

export interface Quality {
  step: number;
  samples: number;
  classes: number;
  accuracy: number | null;
  /** Too often wrong itself to tell faults of the data from its own errors. */
  is_weak: boolean;
  overlapping: List<PairJson> & { tested: number; hardly_told_apart: number };
  cliques: { total: number; entries: CliqueJson[] };
  diverse: List<TwoJson> & { tested: number };
  suspects: SuspectsJson | null;
  /** Why there are no suspects. */
  why: string | null;
}
