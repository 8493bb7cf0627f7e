/** The choices of what is counted, how it is coloured, what is left out. */

import type { JSX } from "preact";
import {
  type ColourTransfer,
  CURVES,
  VALUES,
  type Value,
} from "../confusion/cellValues.ts";
import { EVERYTHING, levelOf, type Relation } from "../confusion/filters.ts";
import * as view from "../state/all.ts";
import { inShares, showsChanges } from "../state/comparison/comparedEpoch.ts";
import { arrangement, hidesChance } from "../state/comparison/comparison.ts";
import { colourTransfer, least, range, relation } from "../state/filters.ts";
import { counted, whole } from "../ui/format.ts";
import { type Option, Select } from "../ui/Select.tsx";

const optionsOf = (table: Record<string, { choice: string }>): Option[] =>
  Object.entries(table).map(([value, { choice }]) => ({ value, text: choice }));

export function ValueChoice(): JSX.Element | null {
  // Densities are what they are.
  if (arrangement.value === "multiples") return null;
  return (
    <>
      <Select
        label="value"
        value={inShares.value ? "share" : shownValue()}
        options={optionsOf(VALUES).slice(0, showsChanges.value ? 2 : undefined)}
        onChoose={(value) => {
          view.cellValue.value = value as Value;
          // Its bounds were in another unit.
          range.value = EVERYTHING;
        }}
      />
      {/* Differences have a scale of their own. */}
      {!showsChanges.value && (
        <Select
          label="scale"
          value={colourTransfer.value}
          options={optionsOf(CURVES)}
          onChoose={(value) => {
            colourTransfer.value = value as ColourTransfer;
          }}
        />
      )}
    </>
  );
}

/** A difference is one of counts, or of shares of the row. */
function shownValue(): Value {
  return showsChanges.value ? "count" : view.cellValue.value;
}

const LEAST = [1, 2, 3, 5, 10, 20, 50, 100];

export function ShowChoice(): JSX.Element {
  return (
    <Select
      label="show"
      value={writeShow(relation.value)}
      options={showOptions()}
      onChoose={(value) => {
        const [kind, groups] = value.split(" ");
        const isRelation = groups !== undefined;
        view.shownCells.value = value === "all" ? "all" : "errors";
        relation.value = isRelation
          ? { kind: kind as Relation["kind"], groups: Number(groups) }
          : null;
      }}
    />
  );
}

const BEYOND = {
  value: "beyond",
  text: "beyond chance",
  short: "> chance",
};

/** The smallest count or change that is shown; of changes, what is chance. */
export function LeastChoice(): JSX.Element | null {
  if (!countsMatter() && !showsChanges.value) return null;
  const known = LEAST.includes(least.value) ? LEAST : [...LEAST, least.value];
  const counts = countsMatter()
    ? known.map((count) => ({ value: `${count}`, text: `≥ ${count}` }))
    : [{ value: `${least.value}`, text: "all" }];
  const hides = showsChanges.value && hidesChance.value;
  return (
    <Select
      label="at least"
      name="least count"
      value={hides ? BEYOND.value : `${least.value}`}
      options={showsChanges.value ? [...counts, BEYOND] : counts}
      onChoose={(value) => {
        hidesChance.value = value === BEYOND.value;
        least.value = hidesChance.value ? 1 : Number(value);
      }}
    />
  );
}

/** Neither densities nor differences of shares are left out by a count. */
function countsMatter(): boolean {
  if (arrangement.value === "multiples") return false;
  return !showsChanges.value || !inShares.value;
}

function writeShow(chosen: Relation | null): string {
  const level = chosen && view.tree.value && levelOf(view.tree.value, chosen);
  return level ? `${chosen.kind} ${level.groups}` : view.shownCells.value;
}

/** Errors of any groups, or those that stay in a group or leave it. */
function showOptions(): Option[] {
  const levels = view.tree.value?.levels.slice(0, -1) ?? [];
  const relations = (["within", "between"] as const).flatMap((kind) =>
    levels.map(({ groups, name }) => ({
      value: `${kind} ${groups}`,
      text: name
        ? `${kind} ${counted(name, groups)}`
        : `${kind} ${whole(groups)} groups`,
      short: `${kind} ${whole(groups)}`,
    })),
  );
  return [
    { value: "errors", text: "errors" },
    { value: "all", text: "all answers" },
    ...relations,
  ];
}
