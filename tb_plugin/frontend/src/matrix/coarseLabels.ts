/** Samples known as a group only: what the caption says of them. */

import type { EpochInfo } from "../server/answers.ts";
import { plural, whole } from "../ui/format.ts";
import { type Part, PRIORITY } from "../ui/textFitting.ts";

/** How many stand in no cell, and what is right of them. */
export function coarseInWords(info: EpochInfo): Part[] {
  const { coarse = 0, coarse_levels: levels = [] } = info;
  const left = plural(
    coarse,
    "sample with a coarse label is",
    "samples with coarse labels are",
  );
  const said: Part[] = [[`${left} in no cell`, PRIORITY.essential]];
  const finest = levels.findLast(([, judged]) => judged > 0);
  if (finest) {
    const [groups, judged, right] = finest.map(whole);
    said.push([
      `${right} of the ${judged} known at ${groups} groups are in the right one`,
      PRIORITY.detail,
    ]);
  }
  return said;
}
