/** What the source says of the pairs of a level: news, or chance. */

export interface TestedPairs {
  /** What was looked at. */
  family: string;
  tested: number;
  /** Of those: confused at all. */
  total: number;
  /** Of false discoveries among those found. */
  rate: number;
  /** Beyond chance. */
  found: number;
  /** Nodes, as the log numbers them; the clearest pair first, not all. */
  rows: number[];
  columns: number[];
  counts: number[];
  /** What the tree leads one to expect; or both ways, of them together. */
  expected: number[];
  /** Samples that went the other way. */
  back?: number[];
  p: (number | null)[];
  /** The least rate at which a pair is found. */
  q: (number | null)[];
}

export interface Surprise {
  surprise: TestedPairs;
  one_way: TestedPairs;
}
