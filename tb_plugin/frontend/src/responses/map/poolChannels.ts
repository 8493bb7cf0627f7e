/** Averages channels over pixels of a column, and classes over rows. */

import type { Responses } from "../data/classMeans.ts";

/** Responses in spreads of their channel, pooled to so many columns. */
export interface Pooled {
  /** [rows x width]; a row without samples holds zeros. */
  values: Float32Array;
  width: number;
  isThere: Uint8Array;
}

/** The first column of a pixel, and the one behind its last. */
export function columnsAt(
  pixel: number,
  width: number,
  features: number,
): [number, number] {
  const from = Math.floor((pixel * features) / width);
  const to = Math.floor(((pixel + 1) * features) / width);
  return [from, Math.max(to, from + 1)];
}

/** Each class at each pixel: the mean of the channels that share it. */
export function poolColumns(
  of: Responses,
  channels: Int32Array,
  width: number,
): Pooled {
  const { classes, features, labelAt, isThere, middle, scale } = of;
  const { codes } = of.means;
  const values = new Float32Array(classes * width);
  const sums = new Float32Array(classes);
  let before = -1;
  for (let pixel = 0; pixel < width; pixel++) {
    const [from, to] = columnsAt(pixel, width, features);
    // A wide column is the same at all of its pixels.
    if (from !== before || to - from > 1) {
      sums.fill(0);
      for (let column = from; column < to; column++) {
        const channel = channels[column]!;
        const weight = scale[channel]! / (to - from);
        const base = middle[channel]! * weight;
        const start = channel * classes;
        for (let label = 0; label < classes; label++)
          sums[label]! += codes[start + label]! * weight - base;
      }
    }
    before = from;
    for (let at = 0; at < classes; at++)
      if (isThere[at]) values[at * width + pixel] = sums[labelAt[at]!]!;
  }
  return { values, width, isThere };
}

/** The same of groups of classes, from one place to another. */
export function poolRows(
  of: Pooled,
  spans: readonly (readonly [number, number])[],
): Pooled {
  const { width } = of;
  if (spans.length === of.isThere.length) return of;
  const values = new Float32Array(spans.length * width);
  const isThere = new Uint8Array(spans.length);
  spans.forEach(([from, to], row) => {
    const count = addRows(of, from, to, values.subarray(row * width));
    isThere[row] = count ? 1 : 0;
    for (let at = row * width; at < (row + 1) * width; at++)
      values[at]! /= count || 1;
  });
  return { values, width, isThere };
}

/** @returns how many of the rows there are */
export function addRows(
  { values, width, isThere }: Pooled,
  from: number,
  to: number,
  sums: Float32Array,
): number {
  let count = 0;
  for (let row = from; row < to; row++) {
    if (!isThere[row]) continue;
    count++;
    const start = row * width;
    for (let at = 0; at < width; at++) sums[at]! += values[start + at]!;
  }
  return count;
}

const STEP = 0.5;

/** Where the ramp ends: above nearly all values, in half spreads. */
export function topOf({ values }: Pooled): number {
  const every = Math.max(1, Math.floor(values.length / 20_000));
  const some: number[] = [];
  for (let at = 0; at < values.length; at += every) some.push(values[at]!);
  some.sort((a, b) => a - b);
  const high = some[Math.ceil(0.995 * (some.length - 1))] ?? STEP;
  return Math.min(Math.max(Math.ceil(high / STEP) * STEP, STEP), 4);
}
