/** What the source says of two epochs: which groups differ beyond chance. */

export interface AccuracyTest {
  /** Null where nothing was tested. */
  p: number | null;
  /** The least rate of false discoveries at which this level is found. */
  q: number | null;
  /** Levels, whose accuracies are read at one glance. */
  tested: number;
  /** Of the same samples: those that only the other, only the shown has. */
  fixed?: number;
  broken?: number;
  /** Of unrelated ones: between what the difference lies, other - shown. */
  low?: number | null;
  high?: number | null;
}

export interface LevelTest {
  groups: number;
  family: string;
  tested: number;
  /** Of false discoveries among those found. */
  rate: number;
  found: number;
  /** The least rate at which a group is found, in the order of the level. */
  q: (number | null)[];
  accuracy: AccuracyTest;
}

/** Which cells of a level sets of runs tell apart, the surest first. */
export interface CellTest {
  level: number;
  tested: number;
  /** Places among the level's nodes, in the order of the log. */
  rows: number[];
  columns: number[];
}

export interface Significance {
  test: "mcnemar" | "counts" | "seeds" | "none";
  /** Why it is not by samples, or none at all. */
  why: string | null;
  /** Which test it is, of sets of runs. */
  how?: string | null;
  /** Of every node of the tree. */
  nodes: {
    p: (number | null)[];
    fixed?: (number | null)[];
    broken?: (number | null)[];
    low?: (number | null)[];
    high?: (number | null)[];
  };
  levels: LevelTest[];
  /** Of the level that was asked for. */
  cells?: CellTest;
}

export interface Shown {
  run: string;
  output: string;
  step: number;
}
