/** What the caption says: how far the lists can be trusted. */

import { mostInNoCell } from "../confusion/coarseLabels.ts";
import { isLacking, LACKING } from "../samples/data/pictureCache.ts";
import * as view from "../state/view.ts";
import { percent, plural, whole } from "../ui/format.ts";
import { type Part, PRIORITY } from "../ui/textFitting.ts";
import { labelList } from "./data/chosenEntry.ts";
import { quality, sampled } from "./data/loadQuality.ts";

const CANNOT = ": cannot tell faults of the data from its own errors";

export function words(): Part[] {
  const found = quality.value;
  if (!found) return [];
  const said: Part[] = [];
  const { overlapping, diverse, suspects, accuracy, is_weak } = found;
  const listed = [
    `${whole(overlapping.listed)} of ${plural(overlapping.tested, "pair", "pairs")}`,
    ...(suspects
      ? [`${whole(suspects.listed)} of ${whole(suspects.samples)} labels`]
      : []),
    `${whole(diverse.listed)} of ${whole(diverse.tested)} classes`,
  ];
  said.push([`listed: ${listed.join(", ")}`, PRIORITY.subject]);
  const isOther = suspects && suspects.step !== found.step;
  const right = (share: number | null): string =>
    `${percent(share ?? Number.NaN)} right`;
  said.push([right(accuracy) + (is_weak ? CANNOT : ""), PRIORITY.essential]);
  const info = view.epochs.value.find(({ step }) => step === found.step);
  if (info) said.push(...mostInNoCell([info]));
  if (view.runInfo.value?.split === "train") {
    said.push([
      "trained on: a network repeats the wrong labels it learned",
      PRIORITY.essential,
    ]);
  }
  if (labelList.value === "two_objects") {
    said.push(["two objects: no evidence, a hint", PRIORITY.essential]);
  }
  if (suspects?.listed)
    said.push(["P(wrong): expected, not counted", PRIORITY.choice]);
  if (suspects) said.push(["tick: threshold of the class", PRIORITY.detail]);
  if (suspects && isOther && (sampled.value || suspects.is_weak)) {
    const of = `samples of epoch ${suspects.step}`;
    said.push([
      suspects.is_weak ? `${of}, ${right(suspects.accuracy)}${CANNOT}` : of,
      PRIORITY.essential,
    ]);
  }
  if (isLacking.value) said.push([LACKING, PRIORITY.choice]);
  const last = view.epochs.value.at(-1)?.step;
  said.push([`epoch ${found.step} of ${last}`, PRIORITY.background]);
  return said;
}
