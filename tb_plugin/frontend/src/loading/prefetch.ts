/** Fetches the epochs around the shown one before they are asked for. */

import type { EpochInfo } from "../server/answers.ts";
import * as view from "../state/all.ts";
import { hasRoomFor, isKept, load } from "./epochs.ts";

/** How far ahead and back. */
const NEIGHBOURS = 60;
/** So many are fetched even where they push others out. */
const NEAREST = 4;

let isUnderWay = false;

export async function fetchAhead(around: number): Promise<void> {
  if (isUnderWay) return;
  isUnderWay = true;
  // What is shown is drawn first.
  await new Promise(requestAnimationFrame);
  const series = view.epochs.value;
  const isWanted = (): boolean =>
    view.step.value === around && view.epochs.value === series;
  const [run, output] = [view.run.value, view.output.value];
  await fetchAround(series, around, run, output, isWanted);
  isUnderWay = false;
  // The user has moved on: so do we.
  if (!isWanted()) await fetchAhead(view.step.value);
}

/** Fetches the neighbours in a series one by one, while these are wanted. */
export async function fetchAround(
  series: readonly EpochInfo[],
  around: number,
  run: string,
  output: string,
  isWanted: () => boolean,
): Promise<void> {
  const at = series.findIndex(({ step }) => step === around);
  try {
    for (let distance = 1; distance <= NEIGHBOURS; distance++) {
      for (const index of [at + distance, at - distance]) {
        const info = series[index];
        if (!info || !view.usable(info)) continue;
        if (distance > NEAREST && !hasRoomFor(info)) return;
        if (!isKept(info, run, output)) {
          await load(info, run, output);
          await new Promise((idle) => setTimeout(idle, 4));
        }
      }
      if (!isWanted()) return;
    }
  } catch {
    // Whoever asks for that epoch will be told.
  }
}
