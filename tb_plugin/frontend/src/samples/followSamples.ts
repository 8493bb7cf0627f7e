/** Begins to follow what is chosen and shown of samples, once. */

import { effect } from "@preact/signals";
import { nearestEpoch } from "../loading/nearestEpoch.ts";
import * as view from "../state/all.ts";
import { isComparing } from "../state/comparison/comparedEpoch.ts";
import { comparedRun, EPOCHS } from "../state/comparison/comparison.ts";
import {
  type ClassAnswers,
  classAnswers,
  listsClasses,
} from "../state/confusionListSort.ts";
import { recount } from "../state/filters.ts";
import { tab, viewPointedAt } from "../state/tabs.ts";
import { plural } from "../ui/format.ts";
import {
  followSamples,
  hasOwn,
  problem,
  sampleEpochs,
  shown,
} from "./data/loadSamples.ts";
import { followPictures, pictureOf } from "./data/pictureCache.ts";
import { type Facts, recounted } from "./data/sampleFacts.ts";
import { followHistory, followPin } from "./detail/detailedSample.ts";
import * as choices from "./selection/choices.ts";
import { followLink } from "./selection/choices.ts";
import {
  filtersInWords,
  notApplied,
  whyNoOther,
} from "./selection/filterWords.ts";
import {
  arranged,
  facts,
  isFiltering,
  otherFacts,
  passes,
  rows,
} from "./selection/shownSamples.ts";

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

/** Why the shown matrix cannot be counted anew; "" while that is open. */
function whyNotShown(): string | null {
  if (problem.value) return "its samples cannot be read";
  if (!hasOwn.value) return "no samples of it were logged";
  const [loaded, at] = [shown.value, view.drawnStep.value];
  const step = nearestEpoch(sampleEpochs.value ?? [], view.step.value)?.step;
  if (!loaded || step === undefined || view.step.value !== at) return "";
  if (step !== at) return `samples are of epoch ${step}`;
  const isHere = loaded.run === view.run.value && loaded.step === at;
  return isHere && facts.value ? null : "";
}

/** The same of what it is compared with: both are counted, or none. */
function whyNotOther(): string | null {
  return whyNoOther() ?? (otherFacts.value ? null : "");
}

export function followRecount(): void {
  effect(() => {
    // What another run fixed means nothing without it.
    if (!isComparing.value) choices.betweenRuns.value = null;
  });
  effect(() => {
    const tree = view.tree.value;
    if (!choices.isFilter.value || !tree) {
      recount.value = null;
      return;
    }
    const [here, there, pass] = [facts.value, otherFacts.value, passes.value];
    const [words, notes] = [filtersInWords(), notApplied()];
    // Elsewhere the map beside the samples counts the shown run alone.
    const compares = tab.value === "errors" && isComparing.value;
    let why: string | null = null;
    if (isFiltering.value) {
      why = whyNotShown() ?? (compares ? whyNotOther() : null);
      if (tab.value === "errors" && comparedRun.value === EPOCHS) {
        why = "over several epochs";
      }
      if (why) notes.unshift(`${words} (${why})`);
    }
    const count = (of: Facts) => recounted(of, pass!, tree.leaves.length);
    const counts = isFiltering.value && why === null && here && pass;
    const cells = counts ? count(here) : null;
    const note = notes.length ? [`not counted: ${notes.join("; ")}`] : [];
    const right = cells?.diagonal.reduce((sum, value) => sum + value, 0);
    // Where all that passes is right, a matrix of errors looks broken.
    if (right && !cells?.count.length && !compares) {
      if (view.shownCells.value === "errors") {
        const answers = plural(right, "right answer", "right answers");
        note.push(`${answers} on the hidden diagonal`);
      }
    }
    recount.value = {
      cells,
      words: `all but ${words}`,
      clear: choices.clear,
      other: cells && compares && there ? count(there) : null,
      note: note.join(" · ") || null,
    };
  });
}
