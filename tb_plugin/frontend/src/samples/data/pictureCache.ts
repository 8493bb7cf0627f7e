/** Pictures of samples as addresses for images, fetched many at a time. */

import { computed, effect, type Signal, signal } from "@preact/signals";
import { source } from "../../server/source.ts";
import { shown } from "./loadSamples.ts";
import { addressOf, decodePieces } from "./pictureFormat.ts";

/** An address, null where there is no picture, undefined while unknown. */
export type Picture = string | null | undefined;

/** As many are kept: each takes some 2 KiB, and more once it is decoded. */
const MOST = 6000;
const BATCH = 120;
const AT_ONCE = 3;

let shownIndex = { run: "", index: "" };
const pictures = new Map<number, Signal<Picture>>();
/** Of the samples that were looked at, whether some have one, and some none. */
const seen = { some: signal(false), none: signal(false) };

/** Whether some are missing: a log without any says so by itself. */
export const isLacking = computed(() => seen.some.value && seen.none.value);
/** What is said then. */
export const LACKING = "file names: some samples have no picture";

let queue: number[] = [];
let underWay = 0;
let isScheduled = false;

/** The picture of a sample; asked for when it is first wanted. */
export function pictureOf(sample: number): Signal<Picture> {
  let picture = pictures.get(sample);
  if (picture) {
    // What was used last is kept longest.
    pictures.delete(sample);
  } else {
    picture = signal<Picture>(undefined);
    queue.push(sample);
    schedule();
  }
  pictures.set(sample, picture);
  return picture;
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  // All cells of a frame ask before any is fetched.
  queueMicrotask(() => {
    isScheduled = false;
    while (queue.length && underWay < AT_ONCE) void fetchSome();
  });
}

async function fetchSome(): Promise<void> {
  // Those that came into sight last are those that are looked at.
  const wanted = queue.splice(-BATCH);
  const from = shownIndex;
  // What one run lacks, the one that was chosen meanwhile may have.
  const isOfShown = (): boolean => from.run === shownIndex.run;
  underWay++;
  try {
    const { files, until } = decodePieces(
      await source().pictures(from.run, from.index, wanted),
    );
    if (from.index !== shownIndex.index) return;
    for (const sample of wanted) {
      const picture = pictures.get(sample);
      if (!picture) continue;
      const file = files.get(sample);
      if (file?.length) {
        picture.value = addressOf(file);
        if (isOfShown()) seen.some.value = true;
      } else if (sample >= until || !isOfShown()) queue.push(sample);
      else {
        picture.value = null;
        seen.none.value = true;
      }
    }
    dropOldest();
  } catch {
    if (from.index !== shownIndex.index) return;
    for (const sample of wanted) {
      // The ids stand in their place; scrolling back asks again.
      if (isOfShown()) pictures.delete(sample);
      else if (pictures.has(sample)) queue.push(sample);
    }
  } finally {
    underWay--;
    if (queue.length) schedule();
  }
}

function dropOldest(): void {
  for (const sample of pictures.keys()) {
    if (pictures.size <= MOST) return;
    pictures.delete(sample);
  }
}

/** Pictures that are far out of sight by now need not be fetched. */
export function forgetWaiting(isNear: (sample: number) => boolean): void {
  if (queue.length <= BATCH) return;
  const [near, far] = [queue.filter(isNear), queue.filter((n) => !isNear(n))];
  queue = near;
  for (const sample of far) pictures.delete(sample);
}

export function followPictures(): void {
  effect(() => {
    const run = shown.value?.run ?? "";
    const index = shown.value?.record.header.index ?? "";
    if (!index || (index === shownIndex.index && run === shownIndex.run))
      return;
    const isSame = index === shownIndex.index;
    shownIndex = { run, index };
    seen.some.value = false;
    seen.none.value = false;
    if (!isSame) queue = [];
    for (const [sample, picture] of Array.from(pictures)) {
      // What one run has no picture of, another may have.
      if (!isSame || picture.peek() === null) pictures.delete(sample);
    }
  });
}
