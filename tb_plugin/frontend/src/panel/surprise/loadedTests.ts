/** What came of the tests of pairs. */

import { signal } from "@preact/signals";
import type { PairTests } from "../../confusion/pairTests.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import type { Known } from "../../loading/keyedAnswer.ts";

/** Finds the tests of pairs, by which of them and of which level. */
type Finder = (tree: Tree, wanted: { by: string; level: number }) => PairTests;

export const loadedTests = signal<Known<Finder> | null>(null);
