/** What the source says of class means, and of the channels of a layer. */

/** How alike two classes of one group are, on average. */
export interface LevelLikeness {
  groups: number;
  inside: number | null;
  outside: number | null;
  /** How far from the mean of all pairs those of permuted classes lie. */
  band: number | null;
  band_outside: number | null;
}

/** Of which layer an answer is. */
export interface ToldLayer {
  /** All that there are, from the input on. */
  layers: { key: string; name: string }[];
  /** The key of the one that is told. */
  layer: string;
  name: string;
}

/** A layer whose means cannot be compared, and why. */
export interface UnreadableLayer extends ToldLayer {
  error: string;
}

/** What the class means of a layer are of. */
export interface LayerAnswer extends ToldLayer {
  error?: undefined;
  step: number;
  steps: number[];
  shape: string;
  pool: string;
  features: number;
  /** Rows and columns of the cells that it was pooled to. */
  grid: [rows: number, columns: number] | null;
  samples: number;
  /** Classes without samples. */
  without: number;
  hierarchy: string;
}

export interface ResponsesAnswer extends LayerAnswer {
  /** Over all pairs of classes. */
  mean: number | null;
  levels: LevelLikeness[];
}

/** The group that each channel tells best, where that is beyond chance. */
export interface ChannelGroupsAnswer extends LayerAnswer {
  /** Groups with enough classes to be tested. */
  tested: number;
  rate: number;
  /** Group by group in the order of the tree, the surest first. */
  channels: number[];
  /** The group of each of these, as the log numbers it. */
  nodes: number[];
  auc: number[];
}

/** What one channel responds to. */
export interface ChannelAnswer
  extends Pick<Channel, "channel" | "cell" | "strongest" | "samples">,
    Pick<ChannelsAnswer, "grid" | "index" | "samples_error"> {}

/** A sample at which a channel is strong. */
export interface ChannelSample {
  id: string;
  label: number;
  value: number | null;
  /** In the index of the samples that the run has logged; null without. */
  number: number | null;
}

export interface Channel {
  /** Its place among all that the layer has, cells of a grid included. */
  feature: number;
  channel: number;
  /** Row and column of the grid that the layer was pooled to. */
  cell: [row: number, column: number] | null;
  auc: number | null;
  p: number | null;
  q: number | null;
  /** Labels of the classes with the highest means. */
  strongest: number[];
  /** The strongest first; null where none were logged. */
  samples: ChannelSample[] | null;
}

export interface ChannelsAnswer {
  step: number;
  classes: number;
  others: number;
  /** How many of these, and of the others, have about as many samples. */
  compared: [classes: number, others: number];
  features: number;
  grid: [rows: number, columns: number] | null;
  /** Whether there are too few classes for evidence. */
  is_small: boolean;
  least_classes: number;
  rate: number;
  found: number;
  /** Those beyond chance that are higher in the group, and lower. */
  for: number[];
  against: number[];
  /** How many are beyond chance alone, and how many would be by chance. */
  alone: number;
  expected: number;
  inside: number | null;
  band: number | null;
  /** The index of logged samples that `number` is of. */
  index: string | null;
  /** Why the strongest samples cannot be read. */
  samples_error: string | null;
  entries: Channel[];
}
