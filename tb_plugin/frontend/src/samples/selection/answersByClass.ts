/** Gives the table of classes their answers by probability. */

import { effect } from "@preact/signals";
import * as view from "../../state/all.ts";
import {
  type ClassAnswers,
  classAnswers,
  listsClasses,
} from "../../state/confusionListSort.ts";
import { shown } from "../data/loadSamples.ts";
import type { Facts } from "../data/sampleFacts.ts";
import { facts } from "./shownSamples.ts";

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

export function followAnswers(): void {
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
