/**
 * How likely chance alone makes two counts differ as much, two-sided.
 *
 * Przyborowski and Wilenski, Biometrika 31, 1940; the same as
 * `keras_hier.analysis.evidence.exact_tests`.
 */

/** Of what is called beyond chance, the share that is chance all the same. */
export const RATE = 0.05;
/** Changes of fewer standard errors are not worth an exact test. */
const CLEARLY_CHANCE = 1.5;
/** Terms of a tail that no longer matter. */
export const NEGLIGIBLE = 1e-13;

/** log n!, exact to 1e-10. */
export function logFactorial(n: number): number {
  let [x, shift] = [n + 1, 0];
  // Stirling's series needs a number that is not small.
  while (x < 12) {
    shift -= Math.log(x);
    x++;
  }
  const square = x * x;
  return (
    shift +
    (x - 0.5) * Math.log(x) -
    x +
    0.5 * Math.log(2 * Math.PI) +
    (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / x
  );
}

/** P(X >= from) of a binomial, where that is the smaller tail. */
function upperTail(from: number, trials: number, share: number): number {
  let term = Math.exp(
    logFactorial(trials) -
      logFactorial(from) -
      logFactorial(trials - from) +
      from * Math.log(share) +
      (trials - from) * Math.log1p(-share),
  );
  let sum = 0;
  for (let x = from; x <= trials && term > sum * NEGLIGIBLE; x++) {
    sum += term;
    term *= ((trials - x) / (x + 1)) * (share / (1 - share));
  }
  return sum;
}

/** The p of two counts of a cell; `share` of all samples are the second’s. */
export function pOfCounts(
  first: number,
  second: number,
  share: number,
): number {
  const trials = first + second;
  if (!trials) return 1;
  const tail =
    second >= trials * share
      ? upperTail(second, trials, share)
      : upperTail(first, trials, 1 - share);
  return Math.min(2 * tail, 1);
}

/** The exact one-sided sign test. */
export function pOfExcess(first: number, second: number): number {
  const trials = first + second;
  if (!trials) return 1;
  if (2 * first > trials) return Math.min(upperTail(first, trials, 0.5), 1);
  // The other tail is the smaller one: all that is below `first`.
  return 1 - upperTail(second + 1, trials, 0.5);
}

/** The smallest p that two counts of so many samples could have. */
export function leastP(trials: number, share: number): number {
  return Math.min(2 * Math.min(share, 1 - share) ** trials, 1);
}

/** How many samples an empty cell must get to be found alone, of so many tested. */
export function leastFound(tested: number): number {
  return Math.ceil(Math.log2((2 * tested) / RATE));
}

interface Likely {
  p: number;
  at: number;
}

/**
 * One family: Benjamini and Hochberg, JRSS B 57, 1995; Gilbert, JRSS C 54, 2005.
 */
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
