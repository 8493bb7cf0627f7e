/** Says in words what is left out. */

import { VALUES, type Value } from "../../confusion/cellValues.ts";
import { type Filters, levelOf, type Range } from "../../confusion/filters.ts";
import * as view from "../../state/all.ts";
import {
  isFiltered,
  least,
  only,
  range,
  recount,
  relation,
} from "../../state/filters.ts";
import { countedTotals } from "../../state/remainder.ts";
import { whole } from "../../ui/format.ts";

function outside({ from, below }: Range, kind: Value): string | null {
  const { choice, write } = VALUES[kind];
  const unit = kind === "count" ? "" : ` ${choice}`;
  const [low, high] = [write(from), write(below)];
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
  const tree = view.tree.value;
  // A tree may lack such groups.
  const level = chosen && (tree ? levelOf(tree, chosen) : chosen);
  if (level) {
    const away = chosen.kind === "within" ? "between" : "within";
    said.push(`${away} ${whole(level.groups)} groups`);
  }
  if (named) said.push(`all but ${named}`);
  return said;
}

/** For the caption; null where nothing is filtered out. */
export function leftOut(): string | null {
  const sums = isFiltered.value ? countedTotals.value : null;
  if (!sums) return null;
  const { total, shown } = sums;
  const chosen = {
    least: least.value,
    range: range.value,
    relation: relation.value,
  };
  const why = [
    ...reasons(chosen, only.value, view.cellValue.value),
    ...(recount.value?.cells ? [recount.value.words] : []),
  ].join(", ");
  const noun = view.shownCells.value === "errors" ? "errors" : "samples";
  const rest = total - shown;
  return `${whole(rest)} of ${whole(total)} ${noun} left out: ${why}`;
}
