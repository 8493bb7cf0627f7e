/** What came of the tests of pairs. */

import { signal } from "@preact/signals";
import type { Surprise } from "../../server/surprise.ts";

/** Of which pairs, and the answer, or why there is none. */
export const loadedTests = signal<{
  of: string;
  answer: Surprise | null;
  error: string | null;
} | null>(null);
