/** What takes samples away from the page: it comes when it is first used. */

import { toCsv } from "../../export/csv.ts";
import { download, nameOfShown, namesOf } from "../../export/saveFile.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import * as view from "../../state/all.ts";
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

export { asLines, copyText } from "../../export/clipboard.ts";

export function saveCsv(
  tree: Tree,
  loaded: Loaded,
  facts: Facts,
  list: Uint32Array,
): void {
  const text = toCsv(sampleRows(tree, loaded, facts, list));
  const type = "text/csv;charset=utf-8";
  // Of an epoch without samples the nearest one's are shown.
  const what = [...namesOf(view.selection.value), "samples"];
  const name = nameOfShown(what, "csv", loaded.step);
  // Spreadsheets take a file for UTF-8 only with this mark.
  download(name, new Blob(["\ufeff", text], { type }));
}
