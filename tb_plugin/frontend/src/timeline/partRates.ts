/** The rates of a part of the matrix as curves, and what they come to. */

import { wilsonInterval } from "../confusion/interval.ts";
import { wobbleOf } from "../confusion/since.ts";
import type { Rate, RatePoint } from "../server/answers.ts";
import { percent } from "../ui/format.ts";
import { type CurveAt, gapMarker, withinSpread } from "./curves.ts";

export type Side = "named" | "reverse";

export interface RateAt extends CurveAt {
  within: { low: number; high: number };
  /** Between what it lies surely, if that is more. */
  surely?: { low: number; high: number };
  chance: number;
}

function rateAt(step: number, rate: Rate, runs: number): RateAt[] {
  const { errors, samples, chance, spread } = rate;
  if (!samples || chance === null) return [];
  const share = errors / samples;
  // Of several runs, what is known of one: their samples are the same.
  const wilson = wilsonInterval(errors / runs, samples / runs);
  const within = withinSpread(share, spread).within ?? wilson;
  // Of few errors its lower end is too high: of one it was twenty times chance.
  const { low } = wilsonInterval(
    Math.max(errors / runs - 1, 0),
    samples / runs,
  );
  return [{ step, share, within, surely: { ...wilson, low }, chance }];
}

/** One of the two directions; epochs without samples are left out. */
export function ratesOf(points: readonly RatePoint[], side: Side): RateAt[] {
  const markGap = gapMarker();
  return points.flatMap((point) => {
    const rate = point[side];
    if (!rate) return [];
    const found = rateAt(point.step, rate, point.runs ?? 1);
    markGap(found[0] ?? null);
    return found;
  });
}

/**
 * Where a rate parts from chance for good: its interval lies below it.
 *
 * An epoch is named if the rate was surely higher before, by more than twice its
 * largest rise. `says` adds the share by chance.
 */
export function verdictOf(rates: readonly RateAt[], says = false): string {
  const last = rates.at(-1);
  if (!last) return "no samples";
  let from: number | null = null;
  for (const { step, within, surely = within, chance } of rates) {
    if (surely.high >= chance) from = null;
    else from ??= step;
  }
  const chance = says ? `chance (${rateInWords(last.chance)})` : "chance";
  if (from !== null) {
    if (from === rates[0]!.step) return `always below ${chance}`;
    const end =
      last.share + wobbleOf(rates.map(({ share }) => ({ share: -share })));
    const isTold = rates.some(
      ({ step, share, within, surely = within }) =>
        step < from! &&
        share > end &&
        surely.low > (last.surely ?? last.within).high,
    );
    return isTold
      ? `below ${chance} from epoch ${from}`
      : `below ${chance} in the end`;
  }
  if ((last.surely ?? last.within).low > last.chance && last.chance > 0) {
    return `${times(last.share / last.chance)} × ${chance}`;
  }
  return `not told from ${chance}`;
}

/** 1.08 %, 11.5 % */
export function rateInWords(share: number): string {
  return percent(share, share < 0.1 ? 2 : 1);
}

function times(ratio: number): string {
  return ratio < 10 ? ratio.toFixed(1) : ratio.toFixed(0);
}

/** The end of an axis that holds all of some shares: a round number. */
export function topOf(shares: readonly number[]): number {
  const most = Math.max(0, ...shares);
  if (most <= 0) return 0.01;
  const decade = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 3, 4, 5, 6, 8, 10].find(
    (each) => each * decade >= most * 0.999,
  )!;
  return Math.min(step * decade, 1);
}
