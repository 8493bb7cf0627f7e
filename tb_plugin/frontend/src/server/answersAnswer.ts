/** What a source says of answers at a promised accuracy, as JSON. */

/** A number, or a list over the promises of the curve. */
export interface Worth<Value> {
  /** Null if the promise takes more samples. */
  threshold: Value;
  accuracy: Value;
  low: Value;
  high: Value;
  coverage: Value;
  classes: Value;
  groups: Value;
  nothing: Value;
}

export interface AnswersAnswer {
  step: number;
  index: string;
  calibrating: number;
  measured: number;
  temperature: number;
  curve: {
    promise: number[];
    needed: number[];
    tree: Worth<(number | null)[]>;
    refusing: Worth<(number | null)[]>;
  };
  calibration: {
    before: number[];
    before_chance: number[];
    after: number[];
    after_chance: number[];
  };
  now: {
    promise: number;
    needed: number;
    tree: Worth<number | null>;
    refusing: Worth<number | null>;
  };
  /** Nodes are numbered as in the log. */
  bars: {
    nodes: number[];
    samples: number[];
    right: number[];
    answered: number[][];
  };
  cells: {
    total: number;
    rows: number[];
    columns: number[];
    counts: number[];
  };
  wrong: {
    total: number;
    samples: number[];
    ids: string[];
    labels: number[];
    nodes: number[];
    confidence: number[];
  };
}
