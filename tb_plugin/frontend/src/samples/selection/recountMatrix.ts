/** Lets the matrix count what passes the filters on samples, or says why not. */

import { effect } from "@preact/signals";
import { nearestEpoch } from "../../loading/nearestEpoch.ts";
import * as view from "../../state/all.ts";
import { isComparing } from "../../state/comparison/comparedEpoch.ts";
import { comparedRun, EPOCHS } from "../../state/comparison/comparison.ts";
import { recount } from "../../state/filters.ts";
import { tab } from "../../state/tabs.ts";
import { plural } from "../../ui/format.ts";
import { hasOwn, problem, sampleEpochs, shown } from "../data/loadSamples.ts";
import { type Facts, recounted } from "../data/sampleFacts.ts";
import * as choices from "./choices.ts";
import { filtersInWords, notApplied, whyNoOther } from "./filterWords.ts";
import { facts, isFiltering, otherFacts, passes } from "./shownSamples.ts";

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
