/** Fetches the samples of the shown epoch, and those they are compared with. */

import { batch, computed, effect, signal } from "@preact/signals";
import type { Tree } from "../../hierarchy/tree.ts";
import { loadTree } from "../../loading/epochs.ts";
import { LatestAnswer } from "../../loading/latestAnswer.ts";
import { nearestEpoch } from "../../loading/nearestEpoch.ts";
import type { SampleEpoch } from "../../server/answers.ts";
import { SourceGone, source } from "../../server/source.ts";
import * as view from "../../state/all.ts";
import {
  type ComparedSeries,
  comparedEpochs,
  comparedRun,
  comparedSeries,
  EPOCHS,
} from "../../state/comparison/comparison.ts";
import { listsClasses } from "../../state/confusionListSort.ts";
import { stampOfAll } from "../../state/page.ts";
import { tab, viewPointedAt } from "../../state/tabs.ts";
import { PromiseCache } from "../../ui/promiseCache.ts";
import { isFilter, since } from "../selection/choices.ts";
import { decodeSamples, type SampleRecord } from "./sampleFormat.ts";
import { readIndex, type SampleIndex } from "./sampleIndex.ts";

export interface Loaded {
  run: string;
  output: string;
  step: number;
  record: SampleRecord;
  index: SampleIndex;
  /** Of the labels; null where it cannot be read. */
  tree: Tree | null;
}

/** The epochs of the shown series that have samples; null while unknown. */
export const sampleEpochs = signal<SampleEpoch[] | null>(null);
const ofShown = new LatestAnswer<Loaded>();
export const shown = ofShown.value;
export const problem = ofShown.problem;
/** Those of the compared run, and of an earlier epoch; why there are none. */
const ofOther = new LatestAnswer<Loaded>();
export const other = ofOther.value;
export const otherProblem = ofOther.problem;
const ofEarlier = new LatestAnswer<Loaded>();
export const earlier = ofEarlier.value;
export const earlierProblem = ofEarlier.problem;

const KEPT_BYTES = 192 * 2 ** 20;
const records = new PromiseCache<Loaded>(KEPT_BYTES);
const indexes = new PromiseCache<SampleIndex>(20);
const series = new PromiseCache<SampleEpoch[]>(50);

/** @param stamp of its matrices: as the log grows, so does their list */
function epochsOf(
  run: string,
  output: string,
  stamp: string,
): Promise<SampleEpoch[]> {
  return series.get([run, output, stamp].join("\n"), () =>
    source().sampleEpochs(run, output),
  );
}

function indexOf(run: string, digest: string): Promise<SampleIndex> {
  return indexes.get(digest, () =>
    source().sampleIndex(run, digest).then(readIndex),
  );
}

async function load(
  run: string,
  output: string,
  epoch: SampleEpoch,
): Promise<Loaded> {
  const { step } = epoch;
  if (epoch.error !== undefined) throw new Error(epoch.error);
  const ask = async (): Promise<Loaded> => {
    const [buffer, index] = await Promise.all([
      source().samples(run, output, step),
      indexOf(run, epoch.index!),
    ]);
    const start = performance.now();
    const record = decodeSamples(buffer, index);
    performance.measure("blocks:decode-samples", { start });
    // Mostly the one on screen. Of a tree that is none the records were written.
    const { hierarchy } = record.header;
    const tree = await loadTree(run, { hierarchy }).catch(() => null);
    return { run, output, step, record, index, tree };
  };
  const key = [run, output, step, epoch.wall_time].join("\n");
  const bytes = (epoch.samples ?? 0) * (8 * (epoch.top ?? 5) + 12);
  return records.get(key, ask, bytes);
}

async function loadShown(
  run: string,
  output: string,
  step: number,
  stamp: string,
): Promise<void> {
  await ofShown.ask(async (isLatest) => {
    const epochs = await epochsOf(run, output, stamp);
    if (!isLatest()) return null;
    sampleEpochs.value = epochs;
    const epoch = nearestEpoch(epochs, step);
    return epoch ? load(run, output, epoch) : null;
  });
}

const UNLOGGED = "no samples were logged there";
const OTHERS = "they are other samples";
const UNREADABLE = "its samples cannot be read";

/** What comes, unless it cannot be read; a server that is away may come back. */
async function readable<T>(asked: Promise<T>): Promise<T> {
  return asked.catch((error) => {
    throw error instanceof SourceGone ? error : new Error(UNREADABLE);
  });
}

function loadOther(there: ComparedSeries, stamp: string): Promise<void> {
  const { run, output, step } = there;
  return ofOther.ask(async () => {
    const epochs = isLogged(run, output)
      ? await readable(epochsOf(run, output, stamp))
      : [];
    const epoch = nearestEpoch(epochs, step);
    if (!epoch) throw new Error(UNLOGGED);
    return readable(load(run, output, epoch));
  });
}

function loadEarlier(of: Loaded, step: number): Promise<void> {
  return ofEarlier.ask(async () => {
    const epoch = sampleEpochs.peek()?.find((each) => each.step === step);
    if (!epoch) throw new Error(UNLOGGED);
    const loaded = await readable(load(of.run, of.output, epoch));
    if (loaded.record.header.index !== of.record.header.index)
      throw new Error(OTHERS);
    return loaded;
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

/** Views that show samples, by key. */
const shownBy = signal<ReadonlySet<string>>(new Set());

/** Says that a view shows samples: they are fetched while it is open. */
export function loadSamplesFor(viewKey: string): void {
  shownBy.value = new Set([...shownBy.peek(), viewKey]);
}

/** In other views samples are fetched for filters and the table of classes. */
const isWanted = computed(
  () =>
    shownBy.value.has(tab.value) ||
    shownBy.value.has(viewPointedAt.value) ||
    isFilter.value ||
    listsClasses.value,
);

const comparedStamp = computed(() => stampOfAll(comparedEpochs.value));

export function followSamples(): void {
  effect(() => {
    if (!isWanted.value) return;
    const [run, output, step] = [
      view.run.value,
      view.output.value,
      view.step.value,
    ];
    const stamp = stampOfAll(view.epochs.value);
    if (hasOwn.value) void loadShown(run, output, step, stamp);
    else {
      batch(() => {
        sampleEpochs.value = [];
        ofShown.clear();
      });
    }
  });
  effect(() => {
    const there = isWanted.value ? comparedSeries.value : null;
    if (!there || !comparedRun.value || comparedRun.value === EPOCHS)
      ofOther.clear();
    else void loadOther(there, comparedStamp.value);
  });
  effect(() => {
    const isChosen = since.value !== view.NO_EPOCH;
    // Nothing is later than what is shown, however far one goes back.
    if (shown.value && isChosen && since.value < shown.value.step) {
      void loadEarlier(shown.value, since.value);
      return;
    }
    const isLater = shown.value !== null && isChosen;
    batch(() => {
      ofEarlier.clear();
      if (isLater) ofEarlier.refuse("no earlier one");
    });
  });
}
