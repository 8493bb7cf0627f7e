/**
 * Tests that are made together, and corrected for all of them.
 *
 * Benjamini and Hochberg, JRSS B 57, 1995; of what is counted, as in Gilbert,
 * JRSS C 54, 2005, only what could have been found.
 */

import { leastP, pOfCounts } from "./countTest.ts";

/** Of what is called beyond chance, the share that is chance all the same. */
export const RATE = 0.05;
/** Changes of fewer standard errors are not worth an exact test. */
const CLEARLY_CHANCE = 1.5;

interface Likely {
  p: number;
  at: number;
}

/** Tests of one family: all of them are corrected for. */
export interface Tests {
  /** Adds two counts, each of so many samples, unless they cannot differ. */
  count: (
    at: number,
    from: number,
    to: number,
    here: number,
    there: number,
  ) => void;
  add: (at: number, p: number) => void;
  /** Those that differ beyond chance. */
  beyond: () => { tested: number; found: number[] };
}

export function makeTests(): Tests {
  const likely: Likely[] = [];
  let tested = 0;
  const known = new Map<number, number>();
  const add = (at: number, p: number): void => {
    tested++;
    if (p <= RATE) likely.push({ p, at });
  };
  const count: Tests["count"] = (at, from, to, here, there) => {
    if (!here || !there || !(from + to)) return;
    const share = there / (here + there);
    if (leastP(from + to, share) > RATE) return;
    const expected = (from + to) * share;
    const error = Math.sqrt(expected * (1 - share));
    if (Math.abs(to - expected) < CLEARLY_CHANCE * error) {
      tested++;
      return;
    }
    // Most counts are small, and come again in many cells.
    const key = share === 0.5 && from < 1e6 && to < 1e6 ? from * 1e6 + to : -1;
    const p = known.get(key) ?? pOfCounts(from, to, share);
    if (key >= 0) known.set(key, p);
    add(at, p);
  };
  const beyond: Tests["beyond"] = () => ({
    tested,
    found: discoveries(likely, tested).map(({ at }) => at),
  });
  return { count, add, beyond };
}

/** Those that are called beyond chance, of so many tests. */
function discoveries(likely: Likely[], tested: number): Likely[] {
  likely.sort((a, b) => a.p - b.p);
  let found = likely.length;
  while (found && likely[found - 1]!.p > (found / tested) * RATE) found--;
  return likely.slice(0, found);
}
