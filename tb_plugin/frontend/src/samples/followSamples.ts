/** Begins to follow what is chosen and shown of samples, once. */

import { effect } from "@preact/signals";
import * as view from "../state/all.ts";
import {
  type ClassAnswers,
  classAnswers,
  listsClasses,
} from "../state/confusionListSort.ts";
import { tab, viewPointedAt } from "../state/tabs.ts";
import { followSamples, shown } from "./data/loadSamples.ts";
import { followPictures, pictureOf } from "./data/pictureCache.ts";
import type { Facts } from "./data/sampleFacts.ts";
import { followHistory, followPin } from "./detail/detailedSample.ts";
import { followLink } from "./selection/choices.ts";
import { followRecount } from "./selection/recountMatrix.ts";
import { arranged, facts, rows } from "./selection/shownSamples.ts";

followLink();
followSamples();
followPictures();
followFirst();
followRecount();
followAnswers();
followHistory();
followPin();

export { loadSamplesFor } from "./data/loadSamples.ts";

/** As many as a large page shows at once. */
const MOST = 100;

function followFirst(): void {
  effect(() => {
    if (tab.value !== "samples" && viewPointedAt.value !== "samples") return;
    const { list } = arranged.value;
    let asked = 0;
    for (const { from, to } of rows.value.rows) {
      if (asked >= MOST) return;
      for (const sample of list.subarray(from, to)) pictureOf(sample);
      asked += to - from;
    }
  });
}

const BINS = 10;

export function countAnswers(
  { confidence, trueLeaf, predictedLeaf }: Facts,
  classes: number,
): ClassAnswers {
  const right = new Uint32Array(classes * BINS);
  const wrong = new Uint32Array(classes * BINS);
  for (let i = 0; i < confidence.length; i++) {
    const bin = Math.min(Math.floor(confidence[i]! * BINS), BINS - 1);
    const counts = trueLeaf[i] === predictedLeaf[i] ? right : wrong;
    counts[trueLeaf[i]! * BINS + bin]!++;
  }
  return { bins: BINS, right, wrong };
}

function followAnswers(): void {
  effect(() => {
    const [tree, here, loaded] = [view.tree.value, facts.value, shown.value];
    // Samples may be logged less often than matrices.
    const isDrawn =
      loaded?.run === view.run.value &&
      loaded?.output === view.output.value &&
      loaded?.step === view.drawnStep.value;
    classAnswers.value =
      tree && here && isDrawn && listsClasses.value
        ? countAnswers(here, tree.leaves.length)
        : null;
  });
}
