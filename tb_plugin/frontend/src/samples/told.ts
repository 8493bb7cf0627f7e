/** The sample that the panel tells of, and its history. */

import { computed, effect, signal } from "@preact/signals";
import { tab } from "../tab.ts";
import * as view from "../view.ts";
import { pinned } from "./choices.ts";
import { arranged, facts } from "./chosen.ts";
import { shown } from "./loading.ts";
import { fetchHistory, type Said } from "./server.ts";

/** The one that the pointer rests on. */
export const previewed = signal<number | null>(null);

/** That one, else the one that was clicked, else the first. */
export const told = computed<number | null>(() => {
  const samples = facts.value?.actual.length ?? 0;
  const sample =
    previewed.value ?? pinned.value ?? arranged.value.list[0] ?? null;
  return sample !== null && sample < samples ? sample : null;
});

export interface History {
  sample: number;
  said: Said[];
}

export const history = signal<History | null>(null);

/** Walking through samples does not ask for each of them. */
const PAUSE = 120;
/** Of so many samples the history is kept. */
const MOST = 500;
const known = new Map<string, Said[]>();

export function followHistory(): void {
  let timer = 0;
  effect(() => {
    if (tab.value !== "samples") return;
    const [sample, loaded] = [told.value, shown.value];
    clearTimeout(timer);
    if (sample === null || !loaded) {
      history.value = null;
      return;
    }
    const { run, output, record } = loaded;
    const { index } = record.header;
    const key = [run, output, index, sample, view.epochs.value.length].join();
    const found = known.get(key);
    if (found) {
      history.value = { sample, said: found };
      return;
    }
    const ask = async (): Promise<void> => {
      try {
        const said = await fetchHistory(run, output, index, sample);
        if (known.size >= MOST) known.delete([...known.keys()][0]!);
        known.set(key, said);
        if (told.peek() === sample) history.value = { sample, said };
      } catch {
        // What is known of the shown epoch stands above.
      }
    };
    timer = setTimeout(() => void ask(), PAUSE) as unknown as number;
  });
}
