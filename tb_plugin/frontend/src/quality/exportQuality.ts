/** The lists as a table: the columns of `keras-hier quality`, and verdicts. */

import columns from "../../../../keras_hier/commands/quality_columns.json";
import type { Tree } from "../hierarchy/tree.ts";
import {
  type Entries,
  type Entry,
  groupName,
  idOf,
  LISTS,
  leafOf,
} from "./data/entries.ts";
import type { Verdicts } from "./data/verdicts.ts";

type Column = keyof typeof columns;

const COLUMNS = (Object.keys(columns) as Column[]).filter((column) =>
  columns[column].includes("page"),
);

export type Row = Partial<Record<Column, string | number | null>>;

/** As many digits as mean something. */
function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(6));
}

function fieldsOf(tree: Tree, entry: Entry): Row {
  const name = (label: number): string => tree.names[leafOf(tree, label)]!;
  const named = (label: number): Row => ({
    class: idOf(tree, label),
    name: name(label),
  });
  const other = (label: number): Row => ({
    other_class: idOf(tree, label),
    other_name: name(label),
  });
  switch (entry.list) {
    case "overlapping": {
      const { of } = entry;
      return {
        ...named(of.a),
        ...other(of.b),
        count: of.a_as_b,
        count_back: of.b_as_a,
        expected: of.expected,
        evidence: of.evidence,
        false_discoveries: of.false_discoveries,
        told_apart: of.told_apart,
        merged_accuracy: of.merged_accuracy,
        contained: of.inside === null ? null : idOf(tree, of.inside),
        distance: of.distance,
      };
    }
    case "suspect": {
      const { of } = entry;
      const lead =
        of.p_given === null ? null : rounded(of.p_suggested - of.p_given);
      return {
        sample: of.id,
        ...named(of.given),
        ...other(of.suggested),
        count: of.crossings,
        probability: of.p_given,
        other_probability: of.p_suggested,
        margin: lead,
        threshold: of.threshold_given,
        other_threshold: of.threshold_suggested,
        trust: of.trust,
      };
    }
    case "two_objects": {
      const { of } = entry;
      return {
        sample: of.id,
        ...named(of.given),
        ...other(of.other),
        probability: of.p_given,
        other_probability: of.p_other,
        threshold: of.threshold_given,
        distance: of.distance,
        other_threshold: of.threshold_other,
      };
    }
    default: {
      const { of } = entry;
      return {
        ...named(of.class),
        other_class: of.groups.join(" "),
        other_name: of.groups.map((id) => groupName(tree, id)).join(" | "),
        count: of.counts[0],
        count_back: of.counts[1],
        expected: of.expected[0],
        expected_back: of.expected[1],
        evidence: of.evidence,
        false_discoveries: of.false_discoveries,
      };
    }
  }
}

export function rowsOf(tree: Tree, entries: Entries, all: Verdicts): Row[] {
  return LISTS.flatMap((list) =>
    entries[list].map((entry) => ({
      list,
      rank: entry.at + 1,
      listed: entry.isListed ? 1 : 0,
      verdict: all.get(entry.key) ?? "open",
      ...fieldsOf(tree, entry),
    })),
  );
}

/** A header, then a line for each row; what it does not have is empty. */
export function tableOf(rows: readonly Row[]): (string | number)[][] {
  return [
    [...COLUMNS],
    ...rows.map((row) => COLUMNS.map((column) => row[column] ?? "")),
  ];
}
