/** Fetches the lists of the shown epoch. */

import { computed, effect } from "@preact/signals";
import { LatestAnswer } from "../../loading/latestAnswer.ts";
import { shown } from "../../samples/data/loadSamples.ts";
import { facts } from "../../samples/selection/shownSamples.ts";
import type { Quality } from "../../server/qualityAnswer.ts";
import { source } from "../../server/source.ts";
import * as view from "../../state/all.ts";
import { stampOfAll } from "../../state/page.ts";
import { tab } from "../../state/tabs.ts";
import { PromiseCache } from "../../ui/promiseCache.ts";
import { type Entries, entriesOf } from "./entries.ts";
import type { Sampled } from "./evidenceSamples.ts";

interface Answer {
  run: string;
  output: string;
  found: Quality;
}

const answer = new LatestAnswer<Answer>();
export const problem = answer.problem;

/** Playing through epochs does not ask for each of them. */
const PAUSE = 250;
const MOST = 40;
const known = new PromiseCache<Quality>(MOST);

/** The lists, as long as they speak of what is shown. */
export const quality = computed<Quality | null>(() => {
  const [got, tree] = [answer.value.value, view.tree.value];
  if (!got || !tree) return null;
  const isSame = got.run === view.run.value && got.output === view.output.value;
  return isSame && got.found.classes === tree.leaves.length ? got.found : null;
});

const NONE: Entries = {
  overlapping: [],
  suspect: [],
  two_objects: [],
  diverse: [],
};

export const entries = computed<Entries>(() =>
  quality.value && view.tree.value
    ? entriesOf(view.tree.value, quality.value)
    : NONE,
);

/** The samples to show; null where there are none, or others. */
export const sampled = computed<Sampled | null>(() => {
  const [tree, here, loaded] = [view.tree.value, facts.value, shown.value];
  if (!tree || !here || !loaded || loaded.run !== view.run.value) return null;
  const { record, index } = loaded;
  const wanted = quality.value?.suspects?.index;
  if (wanted !== undefined && wanted !== record.header.index) return null;
  return { tree, facts: here, index, record };
});

async function load(run: string, output: string, step: number): Promise<void> {
  // What was logged since may have brought samples of this epoch.
  const key = [run, output, step, stampOfAll(view.epochs.peek())].join("\n");
  await answer.ask(async () => ({
    run,
    output,
    found: await known.get(key, () =>
      source().json<Quality>("quality", { run, output, step }),
    ),
  }));
}

export function followQuality(): void {
  effect(() => {
    if (tab.value !== "quality" || view.drawnStep.value === view.NO_EPOCH)
      return;
    const [run, output, step] = [
      view.run.value,
      view.output.value,
      view.step.value,
    ];
    view.epochs.value;
    const isFirst = answer.value.peek() === null;
    const timer = setTimeout(
      () => void load(run, output, step),
      isFirst ? 0 : PAUSE,
    );
    return () => clearTimeout(timer);
  });
}
