/** What the caption says: of what the numbers are, and what they leave open. */

import * as view from "../state/view.ts";
import { plural } from "../ui/format.ts";
import { type Part, PRIORITY } from "../ui/textFitting.ts";
import { isWithin } from "./data/inWords.ts";
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
    said.push(["at right: points over untrained", PRIORITY.legend]);
  }
  const { over, over_se } = found.record;
  if (
    over.some((row, at) => row.some((v, k) => isWithin(v, over_se[at]![k])))
  ) {
    said.push(["hatched: within 2 s.e. of untrained", PRIORITY.legend]);
  }
  if (folds) said.push([`probes in ${folds} folds`, PRIORITY.detail]);
  const last = view.epochs.value.at(-1)?.step;
  said.push([`epoch ${found.step} of ${last}`, PRIORITY.background]);
  return said;
}
