/** Samples as a table: for relabelling, a spreadsheet or a script. */

import type { Tree } from "../../hierarchy/tree.ts";
import type { Loaded } from "../data/loadSamples.ts";
import type { Facts } from "../data/sampleFacts.ts";

type Field = string | number;

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** Unknown numbers are empty fields. */
export function* sampleRows(
  tree: Tree,
  { record, index }: Pick<Loaded, "record" | "index">,
  {
    trueLeaf: actual,
    predictedLeaf: predicted,
    confidence: answer,
    margin,
    loss,
    trueRank: rank,
  }: Facts,
  list: Iterable<number>,
): Generator<Field[]> {
  yield [
    "id",
    "actual_id",
    "actual",
    "predicted_id",
    "predicted",
    "probability",
    "probability_of_actual",
    "margin",
    "loss",
    "rank",
  ];
  for (const i of list) {
    const [row, column] = [
      tree.leaves[actual[i]!]!,
      tree.leaves[predicted[i]!]!,
    ];
    yield [
      index.ids[i]!,
      tree.ids[row]!,
      tree.names[row]!,
      tree.ids[column]!,
      tree.names[column]!,
      ...[answer[i]!, record.trueProbability[i]!, margin[i]!, loss[i]!].map(
        rounded,
      ),
      rank[i] || Number.NaN,
    ];
  }
}
