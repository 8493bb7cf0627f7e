/** How likely chance alone makes two shares differ as much. */
import { logFactorial, NEGLIGIBLE, RATE, type Tests } from "./countTest.ts";

/** Above this variance of right answers a share is normal: 100 on each side. */
const NORMAL = 10_000;

/** Fisher’s exact test, mid-p, as `proportions_p` of the library. */
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

/** P(X > from) and half of P(X = from) of a hypergeometric above its mean. */
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

/** Adds two shares, unless so many right answers cannot differ. */
export function addShares(
  tests: Tests,
  at: number,
  ...counts: Parameters<typeof pOfShares>
): void {
  const p = pOfShares(...counts);
  if (p <= RATE || leastPOfShares(...counts) <= RATE) tests.add(at, p);
}
