/** Fetches the samples of the shown epoch, and those they are compared with. */

import { batch, computed, effect, signal } from "@preact/signals";
import type { Tree } from "../../hierarchy/tree.ts";
import { loadTree } from "../../loading/epochs.ts";
import { LatestAnswer, whenBack } from "../../loading/latestAnswer.ts";
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
import { Latest } from "../../ui/latest.ts";
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
export const other = signal<Loaded | null>(null);
export const otherProblem = signal<string | null>(null);
export const earlier = signal<Loaded | null>(null);
export const earlierProblem = signal<string | null>(null);

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

const ofOther = new Latest();
const ofEarlier = new Latest();

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

async function loadOther(there: ComparedSeries, stamp: string): Promise<void> {
  const { run, output, step } = there;
  const isLatest = ofOther.begin();
  const set = (loaded: Loaded | null, why: string | null): void => {
    if (!isLatest()) return;
    batch(() => {
      other.value = loaded;
      otherProblem.value = why;
    });
  };
  try {
    const epochs = isLogged(run, output)
      ? await epochsOf(run, output, stamp)
      : [];
    const epoch = nearestEpoch(epochs, step);
    if (epoch) set(await load(run, output, epoch), null);
    else set(null, UNLOGGED);
  } catch (error) {
    // A server that is away may come back.
    const isGone = error instanceof SourceGone;
    set(null, isGone ? null : UNREADABLE);
    if (isGone) whenBack(() => isLatest() && void loadOther(there, stamp));
  }
}

async function loadEarlier(of: Loaded, step: number): Promise<void> {
  const isLatest = ofEarlier.begin();
  const epoch = sampleEpochs.peek()?.find((each) => each.step === step);
  const loaded = epoch
    ? await load(of.run, of.output, epoch).catch(() => null)
    : null;
  if (!isLatest()) return;
  const isOfThese = loaded?.record.header.index === of.record.header.index;
  batch(() => {
    earlier.value = isOfThese ? loaded : null;
    if (isOfThese) earlierProblem.value = null;
    else earlierProblem.value = loaded ? OTHERS : epoch ? UNREADABLE : UNLOGGED;
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
    if (!there || !comparedRun.value || comparedRun.value === EPOCHS) {
      ofOther.drop();
      batch(() => {
        other.value = null;
        otherProblem.value = null;
      });
    } else void loadOther(there, comparedStamp.value);
  });
  effect(() => {
    // Nothing is later than what is shown, however far one goes back.
    const isChosen = since.value !== view.NO_EPOCH;
    if (shown.value && isChosen && since.value < shown.value.step) {
      void loadEarlier(shown.value, since.value);
    } else {
      ofEarlier.drop();
      const isLater = shown.value !== null && isChosen;
      batch(() => {
        earlier.value = null;
        earlierProblem.value = isLater ? "no earlier one" : null;
      });
    }
  });
}
