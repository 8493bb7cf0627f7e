/** What is selected, as CSV for a spreadsheet or a script. */

import {
  errorsBetween,
  falseNegatives,
  falsePositives,
} from "../confusion/blocks.ts";
import {
  type Epoch,
  f1,
  precision,
  recall,
  type Sums,
} from "../confusion/cells.ts";
import { changeAt, type Pairs, pairAt, testAt } from "../confusion/pairs.ts";
import { type Selection, type Span, spansOf } from "../hierarchy/selection.ts";
import {
  classesOf,
  lowestCommonAncestorOfNodes,
  type Tree,
} from "../hierarchy/tree.ts";
import type { ClassScores } from "../panel/classes/classScores.ts";

type Field = string | number;

/** Starts of formulas, as in `keras_hier/files/spreadsheets.py`. */
const FORMULA =
  /^(?=[ \u00a0\ufeff"']*[=+\-@\uff1d\uff0b\uff0d\uff20\0\t\r\n])|(?<=[;\t\r\n])(?=[ \u00a0\ufeff"'\t\r\n]*[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

function quoted(field: Field): string {
  if (typeof field === "number") {
    return Number.isFinite(field) ? String(field) : "";
  }
  const text = field.replace(FORMULA, "'");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180; a name like a formula gets an apostrophe before it. */
export function toCsv(rows: Iterable<readonly Field[]>): string {
  let text = "";
  for (const row of rows) text += `${row.map(quoted).join(",")}\r\n`;
  return text;
}

function share(value: number): number {
  return Number(value.toPrecision(6));
}

export function* pairRows(
  tree: Tree,
  epoch: Epoch,
  pairs: Pairs,
): Generator<Field[]> {
  yield [
    "actual_id",
    "actual",
    "predicted_id",
    "predicted",
    "errors",
    "share_of_row",
    "reverse",
    "meet_id",
    "meet",
    "distance",
    ...(pairs.change ? ["change"] : []),
    ...(pairs.tests ? ["expected", "p", "q"] : []),
  ];
  for (let index = 0; index < pairs.list.length; index++) {
    const { rows, columns, count } = pairAt(pairs, index);
    const where = lowestCommonAncestorOfNodes(tree, rows, columns);
    // Within a group there is one way only, of whichever samples are counted.
    const back =
      rows === columns ? count : errorsBetween(tree, epoch, columns, rows);
    // A field that is no number stays empty.
    const { expected, p, q } = testAt(pairs, index)?.known ?? {};
    yield [
      tree.ids[rows]!,
      tree.names[rows]!,
      tree.ids[columns]!,
      tree.names[columns]!,
      count,
      share(count / epoch.sums.support[rows]!),
      back,
      tree.ids[where]!,
      tree.names[where]!,
      tree.height[where]!,
      ...(pairs.change ? [share(changeAt(pairs, index)!)] : []),
      ...(pairs.tests
        ? [expected ?? Number.NaN, p ?? Number.NaN, q ?? Number.NaN]
        : []),
    ];
  }
}

export function* classRows(
  tree: Tree,
  sums: Sums,
  scores: ClassScores,
  order: Iterable<number>,
  changes: Float64Array | null,
): Generator<Field[]> {
  yield [
    "id",
    "name",
    "samples",
    "predicted",
    "tp",
    "recall",
    "recall_low",
    "recall_high",
    "precision",
    "predicted_per_actual",
    "predicted_beyond_chance",
    "rank",
    ...(changes ? ["recall_change"] : []),
  ];
  for (const at of order) {
    const node = scores.nodes[at]!;
    yield [
      tree.ids[node]!,
      tree.names[node]!,
      scores.samples[at]!,
      sums.predictedCount[node]!,
      sums.truePositives[node]!,
      share(scores.recall[at]!),
      share(scores.low[at]!),
      share(scores.high[at]!),
      share(scores.precision[at]!),
      share(scores.over[at]!),
      scores.isSink[at]!,
      scores.rank[at]!,
      ...(changes ? [share(changes[at]!)] : []),
    ];
  }
}

/**
 * The scores of every group and class in the selection.
 *
 * @param isKnown whether anything is known of a node
 */
export function* scoreRows(
  tree: Tree,
  sums: Sums,
  selection: Selection,
  isKnown: (node: number) => boolean = () => true,
): Generator<Field[]> {
  yield [
    "id",
    "name",
    "parent_id",
    "classes",
    "samples",
    "predicted",
    "tp",
    "right_class",
    "fn",
    "fp",
    "recall",
    "precision",
    "f1",
  ];
  const { rows, columns } = spansOf(tree, selection);
  const isIn = (node: number, [from, to]: Span): boolean =>
    tree.start[node]! >= from && tree.stop[node]! <= to;
  for (let node = 0; node < tree.parent.length; node++) {
    if (!isIn(node, rows) && !isIn(node, columns)) continue;
    if (!isKnown(node)) continue;
    const above = tree.parent[node]!;
    yield [
      tree.ids[node]!,
      tree.names[node]!,
      above < 0 ? "" : tree.ids[above]!,
      classesOf(tree, node),
      sums.support[node]!,
      sums.predictedCount[node]!,
      sums.truePositives[node]!,
      sums.correct[node]!,
      falseNegatives(sums, node),
      falsePositives(sums, node),
      share(recall(sums, node)),
      share(precision(sums, node)),
      share(f1(sums, node)),
    ];
  }
}
