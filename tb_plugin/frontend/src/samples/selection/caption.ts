/** What the caption says of samples. */

import { mostInNoCell } from "../../confusion/coarseLabels.ts";
import * as view from "../../state/all.ts";
import { whole } from "../../ui/format.ts";
import { type Part, PRIORITY } from "../../ui/textFitting.ts";
import { sampleEpochs, shown } from "../data/loadSamples.ts";
import { isLacking, LACKING } from "../data/pictureCache.ts";
import { filtersInWords, notApplied } from "./filterWords.ts";
import { arranged, isFiltering, unfiltered } from "./shownSamples.ts";

export function words(): Part[] {
  const loaded = shown.value;
  if (!loaded) return [];
  const { top, classes } = loaded.record.header;
  const count = arranged.value.list.length;
  const said: Part[] = [];
  if (isFiltering.value) {
    const all = whole(unfiltered.value);
    said.push([
      `${whole(count)} of ${all} shown: ${filtersInWords()}`,
      PRIORITY.essential,
    ]);
    const isCounted = loaded.step === view.drawnStep.value;
    said.push([
      isCounted ? "the map counts these" : "the map counts all",
      PRIORITY.essential,
    ]);
  }
  const info = view.epochs.value.find(({ step }) => step === loaded.step);
  if (info) said.push(...mostInNoCell([info]));
  const unused = notApplied();
  if (unused.length)
    said.push([`not counted: ${unused.join("; ")}`, PRIORITY.essential]);
  said.push(
    [
      "bar: probability of the answer, tick: of the actual class",
      PRIORITY.choice,
    ],
    ["below: its rank", PRIORITY.detail],
    [`top ${top} of ${whole(classes)}`, PRIORITY.background],
  );
  if (isLacking.value) {
    said.push([LACKING, PRIORITY.choice]);
  }
  const last = view.epochs.value.at(-1)?.step;
  if (loaded.step !== view.step.value) {
    said.push([`samples of epoch ${loaded.step}`, PRIORITY.essential]);
  }
  const logged = sampleEpochs.value?.length ?? 0;
  said.push([
    `logged at ${logged} of ${view.epochs.value.length} epochs`,
    PRIORITY.background,
  ]);
  said.push([`epoch ${view.step.value} of ${last}`, PRIORITY.subject]);
  return said;
}
