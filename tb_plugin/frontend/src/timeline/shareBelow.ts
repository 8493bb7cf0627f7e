/** A share that does not reach a limit, so that it does not read as if it did. */

import { inPercent, percent } from "../ui/format.ts";

/** 87 %; below 90 %, 89.6 % and not 90. */
export function shareBelow(share: number, limit: number): string {
  const digits = [0, 1].find(
    (each) => inPercent(share, each) !== inPercent(limit, each),
  );
  return digits === undefined
    ? `<${percent(limit, 0)}`
    : percent(share, digits);
}
