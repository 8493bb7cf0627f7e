/** Fetches the epochs around the shown one before they are asked for. */

import * as view from "../state/view.ts";
import { hasRoomFor, isKept, load } from "./epochs.ts";

/** How far ahead and back. */
const NEIGHBOURS = 60;
/** So many are fetched even where they push others out. */
const NEAREST = 4;

let isUnderWay = false;

export async function fetchAhead(around: number): Promise<void> {
  if (isUnderWay) return;
  isUnderWay = true;
  try {
    for (let distance = 1; distance <= NEIGHBOURS; distance++) {
      const at = view.epochs.value.findIndex((info) => info.step === around);
      for (const index of [at + distance, at - distance]) {
        const info = view.epochs.value[index];
        if (!info || !view.usable(info)) continue;
        if (distance > NEAREST && !hasRoomFor(info)) return;
        const [run, output] = [view.run.value, view.output.value];
        if (!isKept(info, run, output)) {
          await load(info, run, output);
          await new Promise((idle) => setTimeout(idle, 4));
        }
      }
      // The user has moved on: so do we.
      if (view.step.value !== around) break;
    }
  } catch {
    // Whoever asks for that epoch will be told.
  } finally {
    isUnderWay = false;
  }
  if (view.step.value !== around) await fetchAhead(view.step.value);
}
