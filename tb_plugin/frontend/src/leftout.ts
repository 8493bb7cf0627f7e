/** Says in words what is left out, and how cells are coloured. */

import type { Absence } from "./absences.ts";
import { ABSENCES } from "./absences.ts";
import {
  curve,
  isFiltered,
  least,
  only,
  range,
  recount,
  relation,
} from "./filtering.ts";
import type { Filters, Range } from "./filters.ts";
import { plural, whole } from "./format.ts";
import { lacking, totals } from "./others.ts";
import { type Value, writeValue } from "./scale.ts";
import { contains, hasClasses } from "./tree.ts";
import * as view from "./view.ts";

const UNITS: Record<Value, string> = {
  count: "",
  share: " % of row",
  column: " % of column",
  excess: " × expected",
};

function outside({ from, below }: Range, kind: Value): string | null {
  const unit = UNITS[kind];
  const [low, high] = [writeValue(kind, from), writeValue(kind, below)];
  const isOpen = below === Number.POSITIVE_INFINITY;
  if (from <= 0) return isOpen ? null : `${high}${unit} and more`;
  if (isOpen) return `under ${low}${unit}`;
  return `under ${low} or from ${high}${unit}`;
}

/** What does not pass the filters, one phrase for each. */
export function reasons(
  filters: Pick<Filters, "least" | "range" | "relation">,
  named: string,
  kind: Value,
): string[] {
  const { relation: chosen } = filters;
  const said: string[] = [];
  if (filters.least > 1) said.push(`counts under ${whole(filters.least)}`);
  const values = outside(filters.range, kind);
  if (values) said.push(values);
  if (chosen) {
    const away = chosen.kind === "within" ? "between" : "within";
    said.push(`${away} ${whole(chosen.groups)} groups`);
  }
  if (named) said.push(`all but ${named}`);
  return said;
}

/** For the caption; null where nothing is filtered out. */
export function leftOut(): string | null {
  if (!isFiltered.value || !totals.value) return null;
  const { total, shown } = totals.value;
  const chosen = {
    ...{ least: least.value, range: range.value, relation: relation.value },
  };
  const why = [
    ...reasons(chosen, only.value, view.value.value),
    ...(recount.value?.cells ? [recount.value.words] : []),
  ].join(", ");
  const noun = view.show.value === "errors" ? "errors" : "samples";
  const rest = total - shown;
  return `${whole(rest)} of ${whole(total)} ${noun} left out: ${why}`;
}

/** How cells are coloured, where that is not by count and logarithm. */
export function colouring(): string[] {
  const said = {
    count: [],
    share: ["% of each row"],
    column: ["% of each column"],
    excess: ["times what row and column would give"],
  }[view.value.value];
  const { value } = curve;
  if (value === "log") return said;
  return [...said, value === "sqrt" ? "square-root colours" : "linear colours"];
}

/** Classes that are missing on an axis, of those that are zoomed to. */
export function absent(): string[] {
  const [tree, found] = [view.tree.value, lacking.value];
  if (!tree || !found) return [];
  const nouns = hasClasses(tree) ? CLASSES : GROUPS;
  return ABSENCES.flatMap((absence: Absence) => {
    const { length: count } = found[absence].filter((leaf) =>
      contains(tree, view.focus.value, leaf),
    );
    if (!count) return [];
    return [`${plural(count, ...nouns)} ${verb(absence)}`];
  });
}

const CLASSES: [string, string] = ["class", "classes"];
const GROUPS: [string, string] = ["group", "groups"];

function verb(absence: Absence): string {
  return absence === "no samples" ? "without samples" : absence;
}
