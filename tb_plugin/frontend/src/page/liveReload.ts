/** Looks again by itself: a run that trains grows, a server comes back. */

import { reload } from "../loading/series.ts";
import { epochs, problem } from "../state/all.ts";
import { comparedEpochs } from "../state/comparison/comparison.ts";
import { isShown } from "./focus.ts";

const SOONEST = 5;
const LATEST = 60;

/**
 * Seconds until the next look: half an epoch's time, later when nothing has
 * come for long, and soon while there is nothing or nobody answers.
 *
 * @param times when the epochs were written, in seconds
 */
export function nextLook(
  times: readonly number[],
  now: number,
  gone: boolean,
): number {
  const last = times.at(-1);
  if (gone || last === undefined) return SOONEST;
  const spans = times
    .slice(-6)
    .flatMap((time, i, all) => (i > 0 ? [time - all[i - 1]!] : []));
  const typical = spans.sort((a, b) => a - b)[spans.length >> 1] ?? 0;
  const wait = Math.max(typical / 2, (now - last) / 20);
  return Math.min(Math.max(wait, SOONEST), LATEST);
}

/** Of two lists of such times, that which ends later: of the run that trains. */
export function latestOf(shown: number[], other: number[]): number[] {
  return other.at(-1)! > shown.at(-1)! ? other : shown;
}

export function keepLooking(): void {
  const wait = (): void => {
    const [shown, other] = [epochs, comparedEpochs].map(({ value }) =>
      value.map(({ wall_time }) => wall_time),
    );
    const times = latestOf(shown!, other!);
    const gone = problem.value !== null;
    setTimeout(look, 1000 * nextLook(times, Date.now() / 1000, gone));
  };
  const look = async (): Promise<void> => {
    // In another tab, or under another plugin, nobody sees it.
    if (document.visibilityState === "visible" && isShown()) await reload();
    wait();
  };
  wait();
}
