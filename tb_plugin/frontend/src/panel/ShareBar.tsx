/** A bar beside the number that it draws. */

import type { JSX } from "preact";

/** A bar of a share of its column. */
export function ShareBar({ share }: { share: number }): JSX.Element {
  const width = Number.isFinite(share) ? `${100 * share}%` : "0";
  return (
    <span class="bar" aria-hidden="true">
      <span style={{ width }} />
    </span>
  );
}
