/** What the caption says: how far the lists can be trusted. */

import { isLacking, LACKING } from "../samples/data/pictureCache.ts";
import * as view from "../state/view.ts";
import { percent, plural, whole } from "../ui/format.ts";
import { type Part, PRIORITY } from "../ui/textFitting.ts";
import { labelList } from "./data/chosenEntry.ts";
import { quality, sampled } from "./data/loadQuality.ts";

export function words(): Part[] {
  const found = quality.value;
  if (!found) return [];
  const said: Part[] = [];
  const { overlapping, diverse, suspects, accuracy } = found;
  const listed = [
    `${whole(overlapping.listed)} of ${plural(overlapping.tested, "pair", "pairs")}`,
    ...(suspects
      ? [`${whole(suspects.listed)} of ${whole(suspects.samples)} labels`]
      : []),
    `${whole(diverse.listed)} of ${whole(diverse.tested)} classes`,
  ];
  said.push([`listed: ${listed.join(", ")}`, PRIORITY.subject]);
  const right = percent(accuracy ?? Number.NaN);
  said.push([
    suspects?.is_weak
      ? `${right} right: cannot tell wrong labels from its own errors`
      : `${right} right`,
    PRIORITY.essential,
  ]);
  if (view.run.value.endsWith("train")) {
    said.push([
      "trained on: a network repeats the wrong labels it learned",
      PRIORITY.essential,
    ]);
  }
  if (labelList.value === "two_objects") {
    said.push(["two objects: no evidence, a hint", PRIORITY.essential]);
  }
  if (suspects?.listed)
    said.push(["P(wrong): an upper estimate", PRIORITY.choice]);
  if (suspects) said.push(["tick: threshold of the class", PRIORITY.detail]);
  if (suspects && sampled.value && suspects.step !== found.step) {
    said.push([`samples of epoch ${suspects.step}`, PRIORITY.essential]);
  }
  if (isLacking.value) said.push([LACKING, PRIORITY.choice]);
  const last = view.epochs.value.at(-1)?.step;
  said.push([`epoch ${found.step} of ${last}`, PRIORITY.background]);
  return said;
}
