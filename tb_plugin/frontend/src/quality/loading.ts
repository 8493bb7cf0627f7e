/** Fetches the lists of the shown epoch. */

import { batch, computed, effect, signal } from "@preact/signals";
import { ServerGone } from "../api.ts";
import { messageOf } from "../loading/problems.ts";
import { facts } from "../samples/chosen.ts";
import { shown } from "../samples/loading.ts";
import { tab } from "../tab.ts";
import * as view from "../view.ts";
import { type Entries, entriesOf } from "./entries.ts";
import type { Sampled } from "./gather.ts";
import { fetchQuality, type Quality } from "./server.ts";

interface Answer {
  run: string;
  output: string;
  found: Quality;
}

const answer = signal<Answer | null>(null);
/** Why there are no lists. */
export const problem = signal<string | null>(null);

/** Playing through epochs does not ask for each of them. */
const PAUSE = 250;
const MOST = 40;
const known = new Map<string, Promise<Quality>>();
let asked = 0;

/** The lists, as long as they speak of what is shown. */
export const quality = computed<Quality | null>(() => {
  const [got, tree] = [answer.value, view.tree.value];
  if (!got || !tree) return null;
  const isSame = got.run === view.run.value && got.output === view.output.value;
  return isSame && got.found.classes === tree.leaves.length ? got.found : null;
});

const NONE: Entries = {
  ...{ overlapping: [], suspect: [], two_objects: [], diverse: [] },
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
  const mine = ++asked;
  // What was logged since may have brought samples of this epoch.
  const many = view.epochs.peek().length;
  const wall = view.epochs.peek().find((each) => each.step === step)?.wall_time;
  const key = JSON.stringify([run, output, step, wall, many]);
  let loading = known.get(key);
  if (!loading) {
    loading = fetchQuality(run, output, step);
    loading.catch(() => known.delete(key));
    if (known.size >= MOST) known.delete([...known.keys()][0]!);
    known.set(key, loading);
  }
  try {
    const found = await loading;
    if (mine !== asked) return;
    batch(() => {
      answer.value = { run, output, found };
      problem.value = null;
    });
  } catch (error) {
    if (mine !== asked || error instanceof ServerGone) return;
    batch(() => {
      answer.value = null;
      problem.value = messageOf(error);
    });
  }
}

export function followQuality(): void {
  effect(() => {
    if (tab.value !== "quality" || view.drawnStep.value === 0) return;
    const [run, output, step] = [
      view.run.value,
      view.output.value,
      view.step.value,
    ];
    view.epochs.value;
    const isFirst = answer.peek() === null;
    const timer = setTimeout(
      () => void load(run, output, step),
      isFirst ? 0 : PAUSE,
    );
    return () => clearTimeout(timer);
  });
}
