/** Which groups of a comparison differ beyond chance. */

import { computed, signal } from "@preact/signals";
import type { Significance } from "../../server/significance.ts";
import { levelIndex } from "../levels.ts";
import { tree } from "../page.ts";

/** What is compared, as a key; empty while nothing is, or it changes. */
export const comparedPair = signal("");
/** The last answer, and what it is of. */
export const evidence = signal<{ of: string; answer: Significance } | null>(
  null,
);

/** The answer about what is compared now; null until it has come. */
export const current = computed(() =>
  evidence.value?.of === comparedPair.value ? evidence.value.answer : null,
);

/**
 * Groups whose change is no news, all groups of their level considered: it is
 * within chance, or nothing has tested it (yet).
 */
export const withinChance = computed<ReadonlySet<number>>(() => {
  const found = new Set(tree.value?.logged.keys());
  const levels = tree.value?.levels ?? [];
  // A group may be in several: the level on screen has the last word.
  const order = [...levels.keys()].filter((at) => at !== levelIndex.value);
  for (const at of [...order, levelIndex.value]) {
    const test = current.value?.levels[at];
    if (!test) continue;
    inLogOrder(levels[at]!.nodes).forEach((node, place) => {
      if ((test.q[place] ?? 1) > test.rate) found.add(node);
      else found.delete(node);
    });
  }
  return found;
});

/** Cells of sets of runs; null while they are not known, or of none. */
export const testedCells = computed(() => current.value?.cells ?? null);

/** Nodes in the order of the log: the tests know no other. */
function inLogOrder(nodes: Int32Array): Int32Array {
  const logged = tree.value!.logged;
  return nodes.toSorted((a, b) => logged[a]! - logged[b]!);
}

/** Whether the change of a group is what chance does, or may be. */
export function isGroupWithinChance(node: number): boolean {
  return withinChance.value.has(node);
}

/** Whether that of the accuracy of a level is, all levels considered. */
export function isLevelWithinChance(index: number): boolean {
  const test = current.value?.levels[index];
  return !test || (test.accuracy.q ?? 1) > test.rate;
}
