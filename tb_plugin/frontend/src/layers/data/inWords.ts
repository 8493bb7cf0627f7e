/** Numbers of layers, with how far they can be believed. */

import type { LayersRecord } from "../../server/layersAnswer.ts";
import {
  inPercent,
  isolated,
  percent,
  plain,
  plural,
  points,
  signed,
} from "../../ui/format.ts";

export type Maybe = number | null | undefined;

export function share(value: Maybe): string {
  return percent(value ?? Number.NaN);
}

/** +10.2 ± 0.7, percentage points. */
export function pointsWithin(value: Maybe, se: Maybe): string {
  if (value == null) return "–";
  if (se == null) return points(value);
  // How little is known says more than that it is less than a tenth.
  return `${signed(100 * value, 1)} ± ${inPercent(se)}`;
}

/** 0.31 ± 0.02. */
export function plainWithin(value: Maybe, se: Maybe, digits = 2): string {
  if (value == null) return "–";
  return plain(value, digits) + spread(se, digits);
}

/** +0.09 ± 0.03. */
export function signedWithin(value: Maybe, se: Maybe, digits = 2): string {
  if (value == null) return "–";
  return `${signed(value, digits)}${spread(se, digits)}`;
}

/** 0.01 for 0.003, since no bound is 0: to the next hundredth, upwards. */
export function upTo(bound: number): string {
  return (Math.ceil(100 * bound) / 100).toFixed(2);
}

function spread(se: Maybe, digits: number): string {
  return se == null ? "" : ` ± ${se.toFixed(digits)}`;
}

export function levelName(of: LayersRecord, level: number): string {
  const isLast = level === of.groups.length - 1;
  return isLast
    ? plural(of.groups[level]!, "class", "classes")
    : plural(of.groups[level]!, "group", "groups");
}

/** The largest of the untrained layers, at each level. */
export function bestOf(table: readonly (readonly Maybe[])[]): number[] {
  return (table[0] ?? []).map((_, level) =>
    Math.max(...table.map((row) => row[level] ?? Number.NEGATIVE_INFINITY)),
  );
}

/** What a cell of the map says to those who do not see it. */
export function cellInWords(
  of: LayersRecord,
  layer: number,
  level: number,
  isChance: boolean,
): string {
  const [over, se] = [of.over[layer]![level], of.over_se[layer]![level]];
  const parts = [
    `${isolated(of.layers[layer]!)}, ${levelName(of, level)}: ${share(of.right[layer]![level])} right`,
  ];
  if (over != null)
    parts.push(`${pointsWithin(over, se)} points over untrained`);
  if (isChance) parts.push("within chance");
  return parts.join(", ");
}
