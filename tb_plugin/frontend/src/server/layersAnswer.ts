/** What the source says of the layers below an output. */

type Numbers = readonly (number | null)[];
/** A list for each layer, of a number for each level. */
type Table = readonly Numbers[];

/** As `keras_hier/log/records/layers_codec.py` describes it; shares are 0 to 1. */
export interface LayersRecord {
  hierarchy: string;
  samples: number;
  folds: number;
  controls: number;
  groups: readonly number[];
  layers: readonly string[];
  shapes: readonly string[];
  pools: readonly string[];
  features: readonly number[];
  penalty: Numbers;
  at_edge: readonly boolean[];
  right: Table;
  right_se: Table;
  recall: Table;
  recall_se: Table;
  over: Table;
  over_se: Table;
  behind: Numbers;
  behind_se: Numbers;
  alignment: Numbers;
  alignment_se: Numbers;
  alignment_over: Numbers;
  alignment_over_se: Numbers;
  reliability: Numbers;
  band: number | null;
  adds_loss: Numbers;
  adds_loss_se: Numbers;
  adds_error: Numbers;
  adds_error_se: Numbers;
  /** Less what asking the same layer untrained adds; null if not known. */
  adds_loss_over: Numbers;
  adds_loss_over_se: Numbers;
  adds_error_over: Numbers;
  adds_error_over_se: Numbers;
  asked: readonly number[];
  asked_error: Numbers;
  asked_error_se: Numbers;
  asked_over: Numbers;
  asked_over_se: Numbers;
  output_right: number | null;
  control_layers: readonly string[];
  control_right: Table;
  control_recall: Table;
  control_alignment: Numbers;
}

/** Which of some differences are beyond chance; null where none was tested. */
export interface Tested<Found> {
  found: Found;
  /** All that was looked at: the family. */
  tested: number;
  /** Of false discoveries among those found. */
  rate: number;
}

type Flags = readonly (boolean | null)[];

/** The alignment of the same layers at another epoch. */
export interface LayersPoint {
  step: number;
  alignment?: Numbers;
  alignment_se?: Numbers;
  /** Of the best untrained layer. */
  control?: number | null;
  error?: string;
}

export interface LayersAnswer {
  step: number;
  steps: number[];
  sentences: string[];
  /** That an untrained network's layers know more than the output says. */
  beaten: string | null;
  record: LayersRecord;
  /** Of what the record has under the same names. */
  beyond_chance: {
    over: Tested<readonly Flags[]>;
    alignment_over: Tested<Flags>;
    adds_error: Tested<Flags>;
    adds_loss: Tested<Flags>;
    behind: Flags;
  };
  epochs: LayersPoint[];
}
