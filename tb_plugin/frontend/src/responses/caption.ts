/** What the caption says: of what the correlations are. */

import * as view from "../state/view.ts";
import { plural, whole } from "../ui/format.ts";
import { type Part, PRIORITY } from "../ui/textFitting.ts";
import { answered } from "./data/loadResponses.ts";

export function words(): Part[] {
  const found = answered.value?.found;
  if (!found) return [];
  const said: Part[] = [
    [plural(found.samples, "sample", "samples"), PRIORITY.subject],
    [
      `correlation of class means over ${whole(found.features)} channels of ${found.name}, each standardised`,
      PRIORITY.choice,
    ],
  ];
  if (found.step !== view.step.value) {
    said.push([`means of epoch ${found.step}`, PRIORITY.essential]);
  }
  if (found.without) {
    const classes = plural(found.without, "class", "classes");
    said.push([`${classes} without samples`, PRIORITY.essential]);
  }
  said.push(["blank: not alike, or the opposite", PRIORITY.legend]);
  const last = view.epochs.value.at(-1)?.step;
  said.push([`epoch ${found.step} of ${last}`, PRIORITY.background]);
  return said;
}
