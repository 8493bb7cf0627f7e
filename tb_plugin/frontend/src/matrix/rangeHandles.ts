/** The two range handles of the legend: which of its bins are shown. */

import { type Bin, ROUNDING } from "../confusion/cellValues.ts";
import { EVERYTHING, type Range } from "../confusion/filters.ts";

/** Bins from `low` up to, not including, `high`. */
export interface Pins {
  low: number;
  high: number;
}

export function pinsOf(bins: readonly Bin[], { from, below }: Range): Pins {
  const at = (value: number): number => {
    const index = bins.findIndex((bin) => bin.from * (1 + ROUNDING) >= value);
    return index < 0 ? bins.length : index;
  };
  const low = from <= 0 ? 0 : Math.min(at(from), bins.length - 1);
  return { low, high: Math.max(at(below), low + 1) };
}

/** The outermost bins hold whatever lies beyond them. */
export function rangeOf(bins: readonly Bin[], { low, high }: Pins): Range {
  return {
    from: low <= 0 ? EVERYTHING.from : bins[low]!.from,
    below: high >= bins.length ? EVERYTHING.below : bins[high]!.from,
  };
}

/** Moves one range handle; the other stays, and at least one bin is between them. */
export function movePin(
  pins: Pins,
  which: keyof Pins,
  to: number,
  count: number,
): Pins {
  return which === "low"
    ? { ...pins, low: Math.min(Math.max(to, 0), pins.high - 1) }
    : { ...pins, high: Math.max(Math.min(to, count), pins.low + 1) };
}

/** From one bin to another, whichever comes first. */
export function brush(from: number, to: number, count: number): Pins {
  const within = (bin: number): number => Math.min(Math.max(bin, 0), count - 1);
  const [a, b] = [within(from), within(to)];
  return { low: Math.min(a, b), high: Math.max(a, b) + 1 };
}
