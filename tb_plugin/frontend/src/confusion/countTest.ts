/**
 * How likely chance alone makes two counts differ as much.
 *
 * If both matrices fill a cell at one rate, then of its `first + second`
 * samples the second's are binomial, at the share of samples that are the
 * second's. Przyborowski and Wilenski, Biometrika 31, 1940. Two-sided p is
 * twice the smaller tail. The same as `keras_hier.analysis.exact_tests`.
 */

/** Of what is called beyond chance, the share that is chance all the same. */
export const RATE = 0.05;
/** Changes of fewer standard errors are not worth an exact test. */
const CLEARLY_CHANCE = 1.5;
/** Terms of a tail that no longer matter. */
const NEGLIGIBLE = 1e-13;

/** log n!, exact to 1e-10. */
function logFactorial(n: number): number {
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

/**
 * The p of two counts of one cell.
 *
 * @param share of all samples looked at, those of the second; in (0, 1)
 */
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

/**
 * How likely one of two counts is as large, or larger, where each of both is
 * the toss of a coin: the exact one-sided sign test.
 */
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

/** Above this variance of right answers a share is normal: 100 on each side. */
const NORMAL = 10_000;

/**
 * The p of two shares, `first` of `samples`: Fisher's exact test, mid-p.
 *
 * As `proportions_p` of the library. The normal limit would call one of two
 * beyond chance beside none of a hundred, and of many groups nearly always one.
 */
export function pOfShares(
  first: number,
  samples: number,
  second: number,
  others: number,
): number {
  const [right, all] = [first + second, samples + others];
  const both = right / all;
  const variance = (samples * others * both * (1 - both)) / all;
  if (!variance) return 1;
  if (variance > NORMAL) {
    const by = Math.abs(second / others - first / samples);
    const error = Math.sqrt(both * (1 - both) * (1 / samples + 1 / others));
    return twoSided(by / error);
  }
  const tail =
    first * others >= second * samples
      ? midTail(first, samples, right, all)
      : midTail(second, others, right, all);
  return Math.min(2 * Math.min(tail, 1 - tail), 1);
}

/** The smallest p that two shares of as many right answers could have. */
export function leastPOfShares(
  first: number,
  samples: number,
  second: number,
  others: number,
): number {
  const right = first + second;
  const fewest = Math.max(right - others, 0);
  const most = Math.min(right, samples);
  return Math.min(
    pOfShares(fewest, samples, right - fewest, others),
    pOfShares(most, samples, right - most, others),
  );
}

/**
 * P(X > from) and half of P(X = from), of a hypergeometric at or above its
 * mean: how many of `samples` are among the `right` ones of `all`.
 */
function midTail(
  from: number,
  samples: number,
  right: number,
  all: number,
): number {
  const rest = all - samples - right;
  let term = Math.exp(
    logChoose(samples, from) +
      logChoose(all - samples, right - from) -
      logChoose(all, right),
  );
  let sum = -term / 2;
  const most = Math.min(samples, right);
  for (let x = from; x <= most && term > sum * NEGLIGIBLE; x++) {
    sum += term;
    term *= ((samples - x) / (x + 1)) * ((right - x) / (rest + x + 1));
  }
  return sum;
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** Abramowitz and Stegun, 7.1.26: within 1.5e-7. */
function twoSided(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) *
      t +
      0.254829592) *
    t;
  return series * Math.exp(-x * x);
}

interface Likely {
  p: number;
  at: number;
}

/**
 * Tests of one family: all of them are corrected for.
 *
 * Benjamini and Hochberg, JRSS B 57, 1995; of what is counted, as in Gilbert,
 * JRSS C 54, 2005, only what could have been found.
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
  /** Adds two shares, unless so many right answers cannot differ. */
  shares: (
    at: number,
    first: number,
    samples: number,
    second: number,
    others: number,
  ) => void;
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
  const shares: Tests["shares"] = (at, ...counts) => {
    const p = pOfShares(...counts);
    if (p <= RATE || leastPOfShares(...counts) <= RATE) add(at, p);
  };
  const beyond: Tests["beyond"] = () => ({
    tested,
    found: discoveries(likely, tested).map(({ at }) => at),
  });
  return { count, add, shares, beyond };
}

/** Those that are called beyond chance, of so many tests. */
function discoveries(likely: Likely[], tested: number): Likely[] {
  likely.sort((a, b) => a.p - b.p);
  let found = likely.length;
  while (found && likely[found - 1]!.p > (found / tested) * RATE) found--;
  return likely.slice(0, found);
}
