/** A comparison in words: of what, and how. */

import { computed } from "@preact/signals";
import { leastFound, RATE } from "../confusion/chance/countTest.ts";
import type { Overlap } from "../confusion/treeMatching.ts";
import { untestedBecause } from "../loading/evidence.ts";
import { cutNames } from "../server/runNames.ts";
import * as view from "../state/all.ts";
import {
  chance,
  comparisonNames,
  inOrderOfChange,
  inShares,
  isOfChosenSamples,
  isOfSets,
  isOneSeries,
  isOtherSize,
  mismatch,
  otherEpoch,
  overlap,
  showsChanges,
} from "../state/comparison/comparedEpoch.ts";
import { comparedSeries, hidesChance } from "../state/comparison/comparison.ts";
import { current } from "../state/comparison/evidence.ts";
import { percent, plural, whole } from "../ui/format.ts";
import { type Part, PRIORITY } from "../ui/textFitting.ts";
import { coarseOfBoth } from "./comparedRemainder.ts";

export const testOfSeeds = computed(() => {
  const { how, why, test } = current.value ?? {};
  if (test === "seeds") return `groups: ${how}`;
  return test === "none" ? (why ?? null) : null;
});

/** What is subtracted from what and what was found, or why it is not. */
export function comparisonInWords(): Part[] {
  const { essential, subject, choice } = PRIORITY;
  const { shown, other: there, from, to } = comparisonNames.value;
  if (mismatch.value) return [[`${there} cannot be compared`, essential]];
  if (!otherEpoch.value) return [[`waiting for ${there}`, essential]];
  const pair: [string, string] = showsChanges.value
    ? [to, from]
    : [shown, there];
  const by = showsChanges.value ? " − " : ", ";
  const said: Part[] = [[pair.join(by), essential, cutNames(pair).join(by)]];
  // Names say only in what the two differ.
  const step = view.drawnStep.value;
  if (!isOneSeries.value && comparedSeries.value?.step === step)
    said.push([`epoch ${step} of both`, PRIORITY.detail]);
  if (overlap.value) said.push([overlapInWords(overlap.value), essential]);
  const [before, after] = inOrderOfChange(
    view.epoch.value!.errors,
    otherEpoch.value.errors,
  );
  if (isOfSets.value) {
    const how = testOfSeeds.value;
    if (how && !isOfChosenSamples.value)
      said.push([how, chance.value?.tested ? choice : essential]);
    said.push([`errors a run: ${whole(after)} − ${whole(before)}`, subject]);
  } else {
    const each = (one: string, two: string): string =>
      `errors: ${one} ${whole(before)}, ${two} ${whole(after)}`;
    said.push([each(from, to), subject, each(...cutNames([from, to]))]);
  }
  if (inShares.value) {
    const shares = isOtherSize.value
      ? `% of rows, since ${there} has ${whole(otherEpoch.value.total)} samples`
      : "% of each row";
    said.push([shares, essential]);
  }
  if (showsChanges.value) said.push(...foundInWords());
  if (untestedBecause.value) said.push(["groups not tested", essential]);
  said.push(...coarseOfBoth());
  return said;
}

/** How many cells are beyond chance, of how many, and by which test. */
function foundInWords(): Part[] {
  if (isOfChosenSamples.value) {
    const why = "striped: not tested, samples were chosen by their answers";
    return [[why, PRIORITY.essential]];
  }
  if (!chance.value || (isOfSets.value && !chance.value.tested)) return [];
  const { found, tested, untested = 0 } = chance.value;
  if (!tested) {
    const hidden = hidesChance.value ? ": all are hidden" : "";
    const all = `no cell has counts large enough to test${hidden}`;
    return [[all, PRIORITY.essential]];
  }
  const by = isOfSets.value ? "tested over seeds" : testsOfOne();
  const cells =
    `${whole(found)} of ${plural(tested, "cell", "cells")} beyond chance` +
    (hidesChance.value ? ", the others hidden" : "") +
    // Only the groups of a level are tested.
    (untested ? `; striped: ${whole(untested)} not tested` : "");
  const said: Part[] = [
    [cells, PRIORITY.essential],
    [`${by}, ${percent(RATE, 0)} false discoveries`, PRIORITY.choice],
  ];
  // That none is found does not say that none differs.
  if (!found && !isOfSets.value && !isOtherSize.value) {
    const least = whole(leastFound(tested));
    said.push([`it takes ${least} where there were none`, PRIORITY.detail]);
  }
  return said;
}

/** How two runs are tested: recalls by samples, where both logged the same. */
function testsOfOne(): string {
  const counts = `tested by counts${overlap.value ? " of the shared" : ""}`;
  const { test } = current.value ?? {};
  if (test === "counts") return counts;
  const recalls = test === "mcnemar" ? ", recalls by samples (McNemar)" : "";
  return `cells ${counts}${recalls}`;
}

function overlapInWords({ own, shared, here, there, kind }: Overlap): string {
  const only = [
    ...(here ? [`${whole(here)} only here`] : []),
    ...(there ? [`${whole(there)} only there`] : []),
  ];
  return `${whole(shared)} of ${whole(own.length)} ${kind} shared; ${only.join(", ")}`;
}
