/** Label placement: texts cut to fit, texts that never overlap. */

import { names } from "./drawing.ts";
import { FONT, face } from "./theme.ts";

/** Isotonic regression by pooling adjacent violators. */
export function isotonic(values: readonly number[]): number[] {
  const means: number[] = [];
  const sizes: number[] = [];
  for (const value of values) {
    let mean = value;
    let size = 1;
    while (means.length && means[means.length - 1]! > mean) {
      const above = sizes.pop()!;
      mean = (mean * size + means.pop()! * above) / (size + above);
      size += above;
    }
    means.push(mean);
    sizes.push(size);
  }
  return means.flatMap((mean, i) => new Array<number>(sizes[i]!).fill(mean));
}

export interface Spread {
  /** Least distance between neighbours. */
  pitch: number;
  /** Bounds of the first and the last. */
  low: number;
  high: number;
}

/**
 * Moves ascending positions apart by at least the pitch, as little as possible.
 */
export function spread(
  wanted: readonly number[],
  { pitch, low, high }: Spread,
): number[] {
  const last = (wanted.length - 1) * pitch;
  return isotonic(wanted.map((value, i) => value - i * pitch)).map(
    (value, i) => Math.min(Math.max(value, low), high - last) + i * pitch,
  );
}

/** The least distance at which names of 11 px do not touch, and an easy one. */
const TIGHT = 11;
const EASY = names.pitch;
/** Names stand as near where each has a line then. */
export const NEAREST = 10.5;

/** The distance that gives every name a line, or else one for some of them. */
export function pitchFor(
  count: number,
  room: number,
  easy = EASY,
  some = TIGHT,
): number {
  const pitch = room / Math.max(count - 1, 1);
  return pitch < NEAREST ? some : Math.min(pitch, easy);
}

export interface Candidate {
  wanted: number;
  /** The larger, the earlier it gets a place. */
  weight: number;
}

export interface Placed<T> {
  item: T;
  at: number;
}

/** Places greedily by weight while no label moves further than `most`. */
export function place<T extends Candidate>(
  candidates: readonly T[],
  bounds: Spread,
  most: number,
): Placed<T>[] {
  const room = Math.floor((bounds.high - bounds.low) / bounds.pitch) + 1;
  let kept: T[] = [];
  let at: number[] = [];
  const byWeight = [...candidates].sort((a, b) => b.weight - a.weight);
  for (const item of byWeight) {
    if (kept.length >= room) break;
    const before = kept.findIndex(({ wanted }) => wanted > item.wanted);
    const index = before < 0 ? kept.length : before;
    const trial = kept.toSpliced(index, 0, item);
    const moved = spread(
      trial.map(({ wanted }) => wanted),
      bounds,
    );
    if (moved.every((y, i) => Math.abs(y - trial[i]!.wanted) <= most)) {
      kept = trial;
      at = moved;
    }
  }
  return kept.map((item, i) => ({ item, at: at[i]! }));
}

export type Measure = (text: string) => number;

/** Cuts a text at a character so that it fits, with an ellipsis. */
export function shorten(text: string, width: number, measure: Measure): string {
  if (measure(text) <= width) return text;
  let low = 0;
  let high = text.length;
  const cut = (length: number): string => `${text.slice(0, length).trimEnd()}…`;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(cut(middle)) <= width) low = middle;
    else high = middle - 1;
  }
  return low > 0 ? cut(low) : "";
}

/** Cuts what stands before the end of a text, which stays. */
export function shortenBefore(
  text: string,
  end: string,
  width: number,
  measure: Measure,
): string {
  const before = text.slice(0, text.length - end.length);
  return shorten(before, width - measure(end), measure) + end;
}

/** How soon a phrase is left out of a line without room: the last ones first. */
export const PRIORITY = {
  /** Without it the rest would mislead. */
  essential: 0,
  /** What the line is about. */
  subject: 1,
  /** What the user chose. */
  choice: 2,
  detail: 3,
  background: 4,
  /** What explains a drawing to who sees it first. */
  legend: 5,
  /** What is as usual. */
  usual: 6,
  fineprint: 7,
} as const;

export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY];

/** A phrase of a line of text, and how it is said where the line is short. */
export type Part = readonly [text: string, priority: Priority, short?: string];

export const SEPARATOR = " · ";

/**
 * Phrases that fit in a line, essential ones first; names are cut before these go.
 */
export function fitting(
  phrases: readonly Part[],
  width: number,
  measure: Measure,
): string[] {
  const fits = (line: string[]): boolean =>
    measure(line.join(SEPARATOR)) <= width;
  let line = phrases.map(([text]) => text);
  if (fits(line)) return line;
  const needed = phrases.filter(([, of]) => of === PRIORITY.essential);
  const parts = fits(needed.map(([text]) => text))
    ? phrases
    : phrases.map(([text, of, short]): Part => [short ?? text, of]);
  const kept = new Set<Part>();
  for (const part of parts.toSorted(([, a], [, b]) => a - b)) {
    kept.add(part);
    const longer = parts.filter((each) => kept.has(each)).map(([text]) => text);
    // The first is there whatever its length.
    if (fits(longer) || kept.size === 1) line = longer;
    else kept.delete(part);
  }
  return line;
}

const widths = new Map<string, number>();
let context: CanvasRenderingContext2D | null = null;

/** Measures text of the page's face, remembering every width. */
export function measureAt(size: number, weight = 400): Measure {
  return (text) => {
    const key = `${face.value} ${weight} ${size} ${text}`;
    let width = widths.get(key);
    if (width === undefined) {
      context ??= document.createElement("canvas").getContext("2d");
      if (!context) return text.length * size * 0.55;
      context.font = `${weight} ${size}px ${FONT}`;
      width = context.measureText(text).width;
      if (widths.size > 50_000) widths.clear();
      widths.set(key, width);
    }
    return width;
  };
}
