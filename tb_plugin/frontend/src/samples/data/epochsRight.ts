/** When a sample was named right, and what that says. */

import type { SampleAnswer } from "../../server/answers.ts";

/** Epochs in a row in which a sample was right: first to last. */
export type Span = readonly [from: number, to: number];

function readable(said: readonly SampleAnswer[]): SampleAnswer[] {
  return said.filter(({ error }) => error === undefined);
}

export function rightSpans(said: readonly SampleAnswer[]): Span[] {
  const spans: [number, number][] = [];
  let isOn = false;
  for (const { step, rank } of readable(said)) {
    if (rank === 1 && isOn) spans.at(-1)![1] = step;
    else if (rank === 1) spans.push([step, step]);
    isOn = rank === 1;
  }
  return spans;
}

/** How many changes are told: the last ones. */
const TOLD = 3;

/** learned 14, forgotten 27 */
export function spansInWords(said: readonly SampleAnswer[]): string {
  const all = readable(said);
  const changes: string[] = [];
  let isOn = false;
  for (const { step, rank } of all) {
    const isRight = rank === 1;
    if (isRight !== isOn) {
      changes.push(`${isRight ? "learned" : "forgotten"} ${step}`);
    }
    isOn = isRight;
  }
  if (!changes.length) return "never right";
  if (changes.length === 1 && all[0]!.rank === 1) return "right throughout";
  const told = changes.slice(-TOLD).join(", ");
  return changes.length > TOLD ? `…, ${told}` : told;
}

export interface Point {
  step: number;
  /** Null where it was beyond the best and is not known. */
  share: number | null;
}

/** Probability of a class over the epochs. */
export function curveOf(said: readonly SampleAnswer[], label: number): Point[] {
  return readable(said).map(({ step, classes, probabilities }) => {
    const place = classes!.indexOf(label);
    return { step, share: place < 0 ? null : probabilities![place]! };
  });
}

export function curveOfActual(said: readonly SampleAnswer[]): Point[] {
  return readable(said).map(({ step, actual }) => ({
    step,
    share: actual ?? null,
  }));
}

/** Samples of a class that were named right, the surest first. */
export function surest(
  answer: Float32Array,
  isRight: (i: number) => boolean,
  [from, to]: Span,
  most: number,
): number[] {
  const found: number[] = [];
  for (let i = from; i < to; i++) if (isRight(i)) found.push(i);
  return found.sort((a, b) => answer[b]! - answer[a]!).slice(0, most);
}
