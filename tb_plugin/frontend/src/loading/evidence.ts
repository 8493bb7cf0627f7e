/** Asks which differences of a comparison are beyond chance. */

import { effect } from "@preact/signals";
import type { Shown, Significance } from "../server/significance.ts";
import { source } from "../server/source.ts";
import * as view from "../state/all.ts";
import {
  inOrderOfChange,
  isOfSets,
  otherEpoch,
  showsChanges,
} from "../state/comparison/comparedEpoch.ts";
import { comparedSeries } from "../state/comparison/comparison.ts";
import { comparedPair, evidence } from "../state/comparison/evidence.ts";
import { drawnStamp } from "../state/page.ts";
import { PromiseCache } from "../ui/promiseCache.ts";
import { LatestAnswer } from "./latestAnswer.ts";

/** The server tests every group: not of epochs that are scrubbed over. */
const PATIENCE = 300;

const request = new LatestAnswer(evidence);
/** Why no group is tested. */
export const untestedBecause = request.problem;
const answers = new PromiseCache<Significance>(20);

export function followEvidence(): void {
  effect(() => {
    const there = comparedSeries.value;
    const step = view.drawnStep.value;
    const isShown = showsChanges.value && otherEpoch.value !== null;
    const shown = {
      run: view.run.value,
      output: view.output.value,
      step,
    };
    if (!there || !isShown) {
      comparedPair.value = "";
      return;
    }
    const other = {
      run: there.run,
      output: there.output,
      step: there.step,
    };
    const [from, to] = inOrderOfChange(shown, other);
    // Of an epoch that is logged again other differences are beyond chance.
    const key = [
      ...Object.values(from),
      ...Object.values(to),
      ...inOrderOfChange(drawnStamp.value, there.stamp),
    ].join("\n");
    comparedPair.value = key;
    // Of sets of runs the page has the sums alone: it cannot test their cells.
    const level = isOfSets.value ? view.levelIndex.value : undefined;
    const timer = setTimeout(() => void load(key, from, to, level), PATIENCE);
    return () => clearTimeout(timer);
  });
}

function load(
  of: string,
  shown: Shown,
  other: Shown,
  level: number | undefined,
): Promise<void> {
  const ask = () => source().significance(shown, other, level);
  return request.ask(async () => ({
    of,
    answer: await answers.get(`${of}\n${level}`, ask),
  }));
}
