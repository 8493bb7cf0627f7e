/** The sample that the panel is about, and its history. */

import { computed, effect, signal } from "@preact/signals";
import { LatestAnswer } from "../../loading/latestAnswer.ts";
import { isRestoring } from "../../loading/restoreLink.ts";
import type { SampleAnswer } from "../../server/answers.ts";
import { source } from "../../server/source.ts";
import * as view from "../../state/all.ts";
import { stampOfAll } from "../../state/page.ts";
import { tab } from "../../state/tabs.ts";
import { PromiseCache } from "../../ui/promiseCache.ts";
import { type Loaded, shown } from "../data/loadSamples.ts";
import { pinned, pinnedIn } from "../selection/choices.ts";
import { arranged, facts } from "../selection/shownSamples.ts";

/** The one that the pointer rests on. */
export const previewed = signal<number | null>(null);

/** That one, else the one that was clicked, else the first. */
export const inspectedSample = computed<number | null>(() => {
  const samples = facts.value?.trueLeaf.length ?? 0;
  const sample =
    previewed.value ?? pinned.value ?? arranged.value.list[0] ?? null;
  return sample !== null && sample < samples ? sample : null;
});

/** Of the samples that are shown, whatever their epoch. */
const index = computed(() => shown.value?.record.header.index);

/** A pin is a number among some samples: among others it is none. */
export function followPin(): void {
  effect(() => {
    // Nor is what the pointer rests on, once the view is gone.
    tab.value;
    index.value;
    previewed.value = null;
  });
  effect(() => {
    const [loaded, sample] = [shown.value, pinned.value];
    const { value: run } = view.run;
    const isOnScreen =
      loaded?.run === run && loaded.output === view.output.value;
    if (sample === null) pinnedIn.value = "";
    // Whatever is still shown is not what a link asks for.
    if (sample === null || !isOnScreen || isRestoring()) return;
    const { index } = loaded.record.header;
    if (pinnedIn.value && pinnedIn.value !== index) pinned.value = null;
    else pinnedIn.value = index;
  });
}

/** Says which sample it is: numbers are those of an index. */
function keyOf({ run, output, record }: Loaded, sample: number): string {
  const { hierarchy, index } = record.header;
  return [run, output, hierarchy, index, sample].join("\n");
}

const history = new LatestAnswer<{ of: string; said: SampleAnswer[] }>();

/** What is known of a sample of what is shown; null until it has come. */
export function historyOf(sample: number): SampleAnswer[] | null {
  const [found, now] = [history.value.value, shown.value];
  return now && found?.of === keyOf(now, sample) ? found.said : null;
}

/** Walking through samples does not ask for each of them. */
const PAUSE = 120;
/** Of so many samples the history is kept. */
const MOST = 500;
const known = new PromiseCache<SampleAnswer[]>(MOST);

export function followHistory(): void {
  let timer = 0;
  effect(() => {
    if (tab.value !== "samples") return;
    const [sample, loaded] = [inspectedSample.value, shown.value];
    clearTimeout(timer);
    if (sample === null || !loaded) {
      history.clear();
      return;
    }
    const { run, output, record } = loaded;
    const { hierarchy, index } = record.header;
    const of = keyOf(loaded, sample);
    const key = `${of}\n${stampOfAll(view.epochs.value)}`;
    const question = () =>
      source().sampleHistory(run, output, hierarchy, index, sample);
    const ask = (): void =>
      void history.ask(async () => ({
        of,
        said: await known.get(key, question),
      }));
    if (known.has(key)) ask();
    else timer = setTimeout(ask, PAUSE) as unknown as number;
  });
}
