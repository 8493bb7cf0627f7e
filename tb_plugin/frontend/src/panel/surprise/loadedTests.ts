/** What came of the tests of pairs. */

import { signal } from "@preact/signals";
import type { PairTests } from "../../confusion/pairTests.ts";
import type { Tree } from "../../hierarchy/tree.ts";

/** By which tests, and of which level. */
interface Wanted {
  by: string;
  level: number;
}

/** Of which pairs, and what finds their tests, or why there are none. */
export const loadedTests = signal<{
  of: string;
  testsIn: ((tree: Tree, wanted: Wanted) => PairTests) | null;
  error: string | null;
} | null>(null);
