/** Fetches the samples of the shown epoch, and those they are compared with. */

import { batch, computed, effect, signal } from "@preact/signals";
import { ServerGone } from "../api.ts";
import { Cache } from "../cache.ts";
import { against, EPOCHS, second } from "../compare.ts";
import { messageOf } from "../loading/problems.ts";
import { isNear, tab } from "../tab.ts";
import * as view from "../view.ts";
import { isFilter, since } from "./choices.ts";
import { decodeSamples, type SampleRecord } from "./record.ts";
import type { SampleIndex } from "./sampleindex.ts";
import {
  fetchIndex,
  fetchSampleEpochs,
  fetchSamples,
  type SampleEpoch,
} from "./server.ts";

export interface Loaded {
  run: string;
  output: string;
  step: number;
  record: SampleRecord;
  index: SampleIndex;
}

/** The epochs of the shown series that have samples; null while unknown. */
export const sampleEpochs = signal<SampleEpoch[] | null>(null);
export const shown = signal<Loaded | null>(null);
/** Why there are none. */
export const problem = signal<string | null>(null);
/** Those of the compared run, and of an earlier epoch; why there are none. */
export const other = signal<Loaded | null>(null);
export const otherProblem = signal<string | null>(null);
export const earlier = signal<Loaded | null>(null);
export const earlierProblem = signal<string | null>(null);

const KEPT_BYTES = 192 * 2 ** 20;
const records = new Cache<Promise<Loaded>>(KEPT_BYTES);
const indexes = new Map<string, Promise<SampleIndex>>();
const series = new Map<string, { at: number; found: Promise<SampleEpoch[]> }>();

function remember<T>(
  all: { delete(key: string): unknown },
  key: string,
  loading: Promise<T>,
): Promise<T> {
  loading.catch(() => all.delete(key));
  return loading;
}

function epochsOf(run: string, output: string): Promise<SampleEpoch[]> {
  const key = `${run}\n${output}`;
  const known = series.get(key);
  // As the log grows, so does the list of matrices.
  const at = run === view.run.value ? view.epochs.value.length : 0;
  if (known && known.at === at) return known.found;
  const found = remember(series, key, fetchSampleEpochs(run, output));
  series.set(key, { at, found });
  return found;
}

function indexOf(run: string, digest: string): Promise<SampleIndex> {
  let loading = indexes.get(digest);
  if (!loading) {
    loading = remember(indexes, digest, fetchIndex(run, digest));
    indexes.set(digest, loading);
  }
  return loading;
}

function load(
  run: string,
  output: string,
  epoch: SampleEpoch,
): Promise<Loaded> {
  const { step } = epoch;
  if (epoch.error !== undefined) throw new Error(epoch.error);
  const key = [run, output, step, epoch.wall_time].join("\n");
  let loading = records.get(key);
  if (!loading) {
    loading = Promise.all([
      fetchSamples(run, output, step),
      indexOf(run, epoch.index!),
    ]).then(([buffer, index]) => {
      const start = performance.now();
      const record = decodeSamples(buffer, index);
      performance.measure("blocks:decode-samples", { start });
      return { run, output, step, record, index };
    });
    const bytes = (epoch.samples ?? 0) * (8 * (epoch.top ?? 5) + 12);
    records.set(key, remember(records, key, loading), bytes);
  }
  return loading;
}

/** The last epoch up to a step, else the first. */
export function nearest(
  epochs: readonly SampleEpoch[],
  step: number,
): SampleEpoch | undefined {
  return epochs.findLast((epoch) => epoch.step <= step) ?? epochs[0];
}

let asked = 0;

async function loadShown(
  run: string,
  output: string,
  step: number,
): Promise<void> {
  const mine = ++asked;
  try {
    const epochs = await epochsOf(run, output);
    if (mine !== asked) return;
    sampleEpochs.value = epochs;
    const epoch = nearest(epochs, step);
    const loaded = epoch ? await load(run, output, epoch) : null;
    if (mine !== asked) return;
    batch(() => {
      shown.value = loaded;
      problem.value = null;
    });
  } catch (error) {
    if (mine !== asked || error instanceof ServerGone) return;
    batch(() => {
      shown.value = null;
      problem.value = messageOf(error);
    });
  }
}

const UNLOGGED = "no samples were logged there";
const UNREADABLE = "its samples cannot be read";

let askedOther = 0;

async function loadOther(
  run: string,
  output: string,
  step: number,
): Promise<void> {
  const mine = ++askedOther;
  const set = (loaded: Loaded | null, why: string | null): void => {
    if (mine !== askedOther) return;
    batch(() => {
      other.value = loaded;
      otherProblem.value = why;
    });
  };
  try {
    const epochs = isLogged(run, output) ? await epochsOf(run, output) : [];
    const epoch = nearest(epochs, step);
    if (epoch) set(await load(run, output, epoch), null);
    else set(null, UNLOGGED);
  } catch (error) {
    // A server that is away may come back.
    const isGone = error instanceof ServerGone;
    set(null, isGone ? null : UNREADABLE);
  }
}

let askedEarlier = 0;

async function loadEarlier(of: Loaded, step: number): Promise<void> {
  const mine = ++askedEarlier;
  const epoch = sampleEpochs.peek()?.find((each) => each.step === step);
  const loaded = epoch
    ? await Promise.resolve(epoch)
        .then((each) => load(of.run, of.output, each))
        .catch(() => null)
    : null;
  if (mine !== askedEarlier) return;
  batch(() => {
    earlier.value = loaded;
    earlierProblem.value = loaded ? null : epoch ? UNREADABLE : UNLOGGED;
  });
}

function isLogged(run: string, output: string): boolean {
  const info = view.runs.value?.find((each) => each.run === run);
  return info?.samples?.includes(output) ?? false;
}

/** Whether the shown output has samples at all. */
export const hasOwn = computed(() =>
  isLogged(view.run.value, view.output.value),
);

/** Beside the errors samples are fetched for filters alone. */
const isWanted = computed(
  () => tab.value !== "errors" || isNear.value || isFilter.value,
);

export function followSamples(): void {
  effect(() => {
    if (!isWanted.value) return;
    const [run, output, step] = [
      view.run.value,
      view.output.value,
      view.step.value,
    ];
    view.epochs.value;
    if (hasOwn.value) void loadShown(run, output, step);
    else {
      asked++;
      batch(() => {
        sampleEpochs.value = [];
        shown.value = null;
        problem.value = null;
      });
    }
  });
  effect(() => {
    const there = isWanted.value ? second.value : null;
    if (!there || !against.value || against.value === EPOCHS) {
      askedOther++;
      batch(() => {
        other.value = null;
        otherProblem.value = null;
      });
    } else void loadOther(there.run, there.output, there.step);
  });
  effect(() => {
    // Nothing is later than what is shown, however far one goes back.
    if (shown.value && since.value && since.value < shown.value.step) {
      void loadEarlier(shown.value, since.value);
    } else {
      askedEarlier++;
      const isLater = shown.value !== null && since.value > 0;
      batch(() => {
        earlier.value = null;
        earlierProblem.value = isLater ? "no earlier one" : null;
      });
    }
  });
}
