/** From a change to its colour: centred at 0, logarithmic on both sides. */

import type { Palette, Rgb } from "../ui/colours.ts";
import { rampAt, rgb } from "../ui/colours.ts";

const SHADES = 255;
const MIDDLE = (SHADES - 1) / 2;
/** Above 1, small changes stay pale. */
const EXPONENT = 2;
/**
 * Where the ramp begins on both sides. Its lightness alone tells the smallest
 * change beyond chance from what is within.
 */
const BEGINS = 0.45;

export interface ChangeScale {
  isShare: boolean;
  /** The change that begins to show, and the one with the last colour. */
  low: number;
  high: number;
  /** Colours as 0xAABBGGRR, and as triples; chance is in the middle. */
  packed: Uint32Array;
  shades: Rgb[];
  /** Of changes within chance. */
  chance: Rgb;
  /** The stripes of what was not tested. */
  untested: Rgb;
}

/** Where a scale may end, times powers of ten. */
const ROUND = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
const LEAST = 4;

function roundAbove(value: number): number {
  const most = Math.max(value, LEAST) * (1 - 1e-9);
  const ten = 10 ** Math.floor(Math.log10(most));
  return ROUND.find((each) => each * ten >= most)! * ten;
}

/**
 * @param largest largest change; the scale ends at a round number at or above
 */
export function makeChangeScale(
  largest: number,
  isShare: boolean,
  {
    changes,
    hairline,
    strong,
  }: Pick<Palette, "changes" | "hairline" | "strong">,
): ChangeScale {
  const unit = isShare ? 1 / 1000 : 1;
  const high = roundAbove(largest / unit);
  const chance = rgb(hairline);
  const shades = Array.from({ length: SHADES }, (_, i) => {
    const by = (i - MIDDLE) / MIDDLE;
    if (by === 0) return chance;
    const size = BEGINS + (1 - BEGINS) * Math.abs(by);
    return rampAt(changes, (1 + Math.sign(by) * size) / 2);
  });
  return {
    isShare,
    low: unit,
    high: high * unit,
    shades,
    chance,
    untested: rgb(strong),
    packed: Uint32Array.from(shades, packed),
  };
}

/** A colour as 0xAABBGGRR, opaque. */
export function packed([red, green, blue]: Rgb): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

export function shadeOfChange(
  { low, high }: ChangeScale,
  change: number,
): number {
  if (change === 0) return MIDDLE;
  const size = Math.log1p(Math.abs(change) / low) / Math.log1p(high / low);
  const t = Math.min(size, 1) ** EXPONENT;
  const steps = Math.max(Math.round(t * MIDDLE), 1);
  return MIDDLE + Math.sign(change) * steps;
}

/** The numbers of the legend: both ends and what lies between, with 0. */
export function changeTicks({ low, high }: ChangeScale): number[] {
  const ticks: number[] = [];
  for (let at = high; at > low * 1.5; at /= 4) {
    ticks.push(Math.round(at / low) * low);
  }
  const right = ticks.slice(0, 3).reverse();
  return [...right.map((at) => -at).reverse(), 0, ...right];
}
