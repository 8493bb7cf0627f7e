/** A bar beside the number that it draws. */

import type { JSX } from "preact";

interface Props {
  share: number;
  /** Between what the share lies: a whisker across the end of the bar. */
  within?: { low: number; high: number };
}

export function ShareBar({ share, within }: Props): JSX.Element {
  const isKnown = Number.isFinite(share);
  const at = (place: number): string => `${100 * place}%`;
  return (
    <span class="bar" aria-hidden="true">
      <span style={{ width: isKnown ? at(share) : "0" }} />
      {within && isKnown && (
        <i
          class="whisker"
          style={{ left: at(within.low), width: at(within.high - within.low) }}
        />
      )}
    </span>
  );
}
