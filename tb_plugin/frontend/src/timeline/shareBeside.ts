/** A share above or below a limit, so that it reads as on its side of it. */

import { inPercent, percent } from "../ui/format.ts";

/** 87 %; beside 90 %, 89.6 % and not 90, 90.3 % for 0.903. */
export function shareBeside(share: number, limit: number): string {
  const digits = [0, 1].find(
    (each) => inPercent(share, each) !== inPercent(limit, each),
  );
  return digits === undefined
    ? (share < limit ? "<" : "≥") + percent(limit, 0)
    : percent(share, digits);
}
