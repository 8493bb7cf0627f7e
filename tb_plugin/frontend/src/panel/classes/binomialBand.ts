/** Where shares of samples lie by chance alone. */

/** What lies below the band, and above it. */
const TAIL = 0.025;
/** z of such a tail. */
const Z = 1.959963984540054;
/** Of more samples the normal limit is as good. */
const MANY = 2000;

export interface Band {
  low: number;
  high: number;
}

/** Exact: between which shares 95 % of classes lie, all of one true recall. */
export function binomialBand(samples: number, share: number): Band {
  if (share <= 0 || share >= 1) return { low: share, high: share };
  if (samples > MANY) {
    const half = Z * Math.sqrt((share * (1 - share)) / samples);
    return { low: share - half, high: share + half };
  }
  const odds = share / (1 - share);
  let logTerm = samples * Math.log1p(-share);
  let [below, low] = [0, -1];
  for (let k = 0; k <= samples; k++) {
    const term = Math.exp(logTerm);
    if (low < 0 && below + term > TAIL) low = k;
    below += term;
    if (below >= 1 - TAIL) return { low: low / samples, high: k / samples };
    logTerm += Math.log(((samples - k) / (k + 1)) * odds);
  }
  return { low: Math.max(low, 0) / samples, high: 1 };
}
