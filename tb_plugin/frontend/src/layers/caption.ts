/** What the caption says: of what the numbers are, and what they leave open. */

import * as view from "../state/view.ts";
import { percent, plural, whole } from "../ui/format.ts";
import { type Part, PRIORITY } from "../ui/textFitting.ts";
import { movesTested } from "./data/drawnProbes.ts";
import { answered } from "./data/loadLayers.ts";

export function words(): Part[] {
  const found = answered.value?.found;
  if (!found) return [];
  const { samples, folds, controls, pools } = found.record;
  const said: Part[] = [
    [plural(samples, "sample", "samples"), PRIORITY.subject],
  ];
  if (found.step !== view.step.value) {
    said.push([`layers of epoch ${found.step}`, PRIORITY.essential]);
  }
  said.push([
    controls
      ? `untrained: best layer of ${plural(controls, "network", "networks")}`
      : "no control: what an untrained network reaches is not known",
    controls ? PRIORITY.choice : PRIORITY.essential,
  ]);
  if (new Set(pools).size > 1) {
    said.push(["layers pooled in different ways", PRIORITY.essential]);
  }
  if (controls && folds) {
    said.push(["at right: points over untrained", PRIORITY.choice]);
  }
  const { over } = found.beyond_chance;
  const moved = movesTested.value?.tested;
  if (over.found.some((levels) => levels.includes(false))) {
    said.push(["hatched: within chance of untrained", PRIORITY.choice]);
  }
  const families = [
    ...(over.tested
      ? [`${plural(over.tested, "cell", "cells")} of the map`]
      : []),
    ...(moved ? [`${whole(moved)} of Moved`] : []),
  ];
  if (families.length) {
    const rate = `${percent(over.rate, 0)} false discoveries`;
    const among = families.join(", ");
    said.push([`${rate} among ${among} (Benjamini-Hochberg)`, PRIORITY.choice]);
  }
  if (folds) said.push([`probes in ${folds} folds`, PRIORITY.detail]);
  return said;
}
