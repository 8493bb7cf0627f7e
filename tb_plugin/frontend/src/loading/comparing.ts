/** What a comparison fetches: it comes when the first is asked for. */

import { followComparison } from "./comparison.ts";
import { followEvidence } from "./evidence.ts";

export function follow(): void {
  followComparison();
  followEvidence();
}
