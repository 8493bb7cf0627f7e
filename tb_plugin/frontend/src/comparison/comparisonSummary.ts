/** A comparison in words: of what, and how. */

import { RATE } from "../confusion/chance.ts";
import type { Overlap } from "../confusion/treeMatching.ts";
import {
  chance,
  comparisonNames,
  inOrderOfChange,
  inShares,
  isOfSets,
  isOtherSize,
  mismatch,
  otherEpoch,
  overlap,
  showsChanges,
} from "../state/comparison/comparedEpoch.ts";
import { hidesChance } from "../state/comparison/comparison.ts";
import { epoch } from "../state/view.ts";
import { percent, plural, whole } from "../ui/format.ts";
import { testOfSeeds } from "./seedTest.ts";

/** What is subtracted from what, or why it is not. */
export function comparisonInWords(): string[] {
  const { shown, other: there, from, to } = comparisonNames.value;
  if (mismatch.value) return [`${there} cannot be compared`];
  if (!otherEpoch.value) return [`waiting for ${there}`];
  const said = showsChanges.value
    ? [`${to} − ${from}`]
    : [`${shown}, ${there}`];
  if (overlap.value) said.push(overlapInWords(overlap.value));
  const [before, after] = inOrderOfChange(
    epoch.value!.errors,
    otherEpoch.value.errors,
  );
  if (isOfSets.value) {
    if (testOfSeeds.value) said.push(testOfSeeds.value);
    said.push(`errors a run: ${whole(after)} − ${whole(before)}`);
  } else {
    said.push(`errors: ${from} ${whole(before)}, ${to} ${whole(after)}`);
  }
  if (inShares.value) {
    said.push(
      isOtherSize.value
        ? `% of rows, since ${there} has ${whole(otherEpoch.value.total)} samples`
        : "% of each row",
    );
  }
  const {
    found,
    tested,
    untested = 0,
  } = chance.value ?? { found: 0, tested: 0 };
  if (showsChanges.value && (isOfSets.value ? tested : chance.value)) {
    const by = isOfSets.value
      ? "over seeds"
      : `tested by counts${overlap.value ? " of the shared" : ""}`;
    said.push(
      `${whole(found)} of ${plural(tested, "cell", "cells")} beyond chance` +
        ` (${by}, ${percent(RATE, 0)} false discoveries)` +
        (hidesChance.value ? ", the others hidden" : "") +
        // Only the groups of a level are tested.
        (untested ? `; striped: ${whole(untested)} not tested` : ""),
    );
  }
  return said;
}

function overlapInWords({ own, shared, here, there, kind }: Overlap): string {
  const only = [
    ...(here ? [`${whole(here)} only here`] : []),
    ...(there ? [`${whole(there)} only there`] : []),
  ];
  return `${whole(shared)} of ${whole(own.length)} ${kind} shared; ${only.join(", ")}`;
}
