/** What the caption says: how far the lists can be trusted. */

import { percent, whole } from "../format.ts";
import type { Part } from "../labels.ts";
import * as view from "../view.ts";
import { labelList } from "./chosen.ts";
import { quality, sampled } from "./loading.ts";

/** Below this, few who look find any label wrong. */
const LOW = 0.5;

export function words(): Part[] {
  const found = quality.value;
  if (!found) return [];
  const said: Part[] = [];
  const { overlapping, diverse, suspects, accuracy } = found;
  const listed = [
    `${whole(overlapping.listed)} of ${whole(overlapping.tested)} pairs`,
    ...(suspects
      ? [`${whole(suspects.listed)} of ${whole(suspects.samples)} labels`]
      : []),
    `${whole(diverse.listed)} of ${whole(diverse.tested)} classes`,
  ];
  said.push([`listed: ${listed.join(", ")}`, 1]);
  const right = percent(accuracy ?? Number.NaN);
  const isLow = suspects && (accuracy ?? 1) < LOW;
  said.push([
    isLow ? `${right} right: expect few true label errors` : `${right} right`,
    0,
  ]);
  if (view.run.value.endsWith("train")) {
    said.push(["trained on: a network repeats the wrong labels it learned", 0]);
  }
  if (labelList.value === "two_objects") {
    said.push(["two objects: no evidence, a hint", 0]);
  }
  if (suspects?.listed) said.push(["trust: an upper estimate", 2]);
  if (suspects) said.push(["tick: threshold of the class", 3]);
  if (suspects && sampled.value && suspects.step !== found.step) {
    said.push([`samples of epoch ${suspects.step}`, 0]);
  }
  const last = view.epochs.value.at(-1)?.step;
  said.push([`epoch ${found.step} of ${last}`, 4]);
  return said;
}
