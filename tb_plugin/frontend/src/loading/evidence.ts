/** Asks which differences of a comparison are beyond chance. */

import { effect } from "@preact/signals";
import type { Shown } from "../server/significance.ts";
import { SourceGone, source } from "../server/source.ts";
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
import { Latest } from "../ui/latest.ts";
import { PromiseCache } from "../ui/promiseCache.ts";
import { whenBack } from "./latestAnswer.ts";

/** The server tests every group: not of epochs that are scrubbed over. */
const PATIENCE = 300;

const request = new Latest();
const answers = new PromiseCache<
  Awaited<ReturnType<ReturnType<typeof source>["significance"]>>
>(20);

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
      request.drop();
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

async function load(
  key: string,
  shown: Shown,
  other: Shown,
  level: number | undefined,
): Promise<void> {
  const isLatest = request.begin();
  try {
    const answer = await answers.get(`${key}\n${level}`, () =>
      source().significance(shown, other, level),
    );
    if (isLatest()) evidence.value = { of: key, answer };
  } catch (error) {
    // It is an addition: a comparison without it says how much changed.
    if (error instanceof SourceGone)
      whenBack(() => isLatest() && void load(key, shown, other, level));
  }
}
