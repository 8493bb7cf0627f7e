/** What the caption says of samples. */

import { whole } from "../format.ts";
import type { Part } from "../labels.ts";
import * as view from "../view.ts";
import { arranged, isFiltering, unfiltered } from "./chosen.ts";
import { filtersInWords, notApplied } from "./filterwords.ts";
import { sampleEpochs, shown } from "./loading.ts";

export function words(): Part[] {
  const loaded = shown.value;
  if (!loaded) return [];
  const { top, classes } = loaded.record.header;
  const count = arranged.value.list.length;
  const said: Part[] = [];
  if (isFiltering.value) {
    const all = whole(unfiltered.value);
    said.push([`${whole(count)} of ${all} shown: ${filtersInWords()}`, 0]);
    const isCounted = loaded.step === view.drawnStep.value;
    said.push([isCounted ? "the map counts these" : "the map counts all", 0]);
  }
  const unused = notApplied();
  if (unused.length) said.push([`not counted: ${unused.join("; ")}`, 0]);
  said.push(
    ["bar: probability of the answer, tick: of the actual class", 2],
    ["below: its rank", 3],
    [`top ${top} of ${whole(classes)}`, 4],
  );
  const last = view.epochs.value.at(-1)?.step;
  if (loaded.step !== view.step.value) {
    said.push([`samples of epoch ${loaded.step}`, 0]);
  }
  const logged = sampleEpochs.value?.length ?? 0;
  said.push([`logged at ${logged} of ${view.epochs.value.length} epochs`, 4]);
  said.push([`epoch ${view.step.value} of ${last}`, 1]);
  return said;
}
