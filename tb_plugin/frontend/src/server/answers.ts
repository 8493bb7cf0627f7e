/** What a source says of runs, epochs and samples, as JSON. */

export interface RunInfo {
  /** The key of the server: a run with its split. */
  run: string;
  name: string;
  split: string;
  outputs: string[];
  /** Those of which single samples were logged. */
  samples?: string[];
  /** Those below which layers were looked at. */
  layers?: string[];
  /** Layers of which there are class means, by their keys. */
  means?: string[];
  /** Of a set of runs, what they are called. */
  members?: string[];
  /** Of a set that was asked for with its runs in another order: by what. */
  asked?: string[];
}

export interface EpochInfo {
  step: number;
  wall_time: number;
  hierarchy?: string;
  grouping?: string | null;
  total?: number;
  correct?: number;
  nonzeros?: number;
  /** Samples known as a group only: they stand in no cell. */
  coarse?: number;
  /** Of levels by their groups: how many of these it judges, how many right. */
  coarse_levels?: [groups: number, judged: number, right: number][];
  /** Of each of these how many are in the group that has the most. */
  coarse_largest?: number[];
  /** Of how many runs it is the sum. */
  runs?: number;
  error?: string;
}

export interface Series {
  role: string;
  layer: string | null;
  epochs: EpochInfo[];
  /** Of each run of a set, the epochs that others lack. */
  left_out?: { run: string; steps: number[] }[];
}

/** How a node fares, and of how many samples it is known. */
export interface CurveNode {
  recall: number | null;
  precision: number | null;
  actual?: number;
  predicted?: number;
  /** Standard deviation between the runs of a set. */
  spread?: { recall: number | null; precision: number | null };
}

/** Errors among the samples of some classes, and the share by chance. */
export interface Rate {
  errors: number;
  samples: number;
  chance: number | null;
  /** Standard deviation of the share between the runs of a set. */
  spread?: number | null;
}

/** How a part of the matrix fares in an epoch, and with its sides exchanged. */
export interface RatePoint {
  step: number;
  /** None in epochs of another tree, or that cannot be read. */
  named?: Rate;
  reverse?: Rate;
  /** Of a set of runs: how many they are. */
  runs?: number;
  error?: string;
}

export interface CurvePoint {
  step: number;
  /** Where it is not that of the last epoch. */
  hierarchy?: string;
  grouping?: string | null;
  /** Share of right answers at every level, coarse to fine. */
  accuracy?: (number | null)[];
  /** The same, corrected for chance: Cohen's kappa. */
  kappa?: (number | null)[];
  samples?: number;
  /** Beside these: samples known as a group only, which it leaves out. */
  coarse?: number;
  /** Of a set: how many runs these are means of, and their deviation. */
  runs?: number;
  spread?: (number | null)[];
  nodes?: CurveNode[];
  error?: string;
}

export interface SampleEpoch {
  step: number;
  wall_time: number;
  samples?: number;
  top?: number;
  hierarchy?: string;
  index?: string;
  error?: string;
}

/** What the model said of one sample at the end of an epoch. */
export interface SampleAnswer {
  step: number;
  classes?: number[];
  probabilities?: number[];
  actual?: number | null;
  rank?: number | null;
  error?: string;
}

/** What samples are called, and how many each class has. */
export interface IndexJson {
  version: number;
  counts: number[];
  ids: string[];
  named: boolean;
}
