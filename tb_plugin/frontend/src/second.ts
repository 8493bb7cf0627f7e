/** Fetches the epoch that the shown one is compared with. */

import { batch, effect } from "@preact/signals";
import { type EpochInfo, fetchSeries, ServerGone } from "./api.ts";
import {
  against,
  againstOutput,
  againstStep,
  EPOCHS,
  second,
  secondEpochs,
  secondError,
} from "./compare.ts";
import { bring } from "./loading/epochs.ts";
import { messageOf } from "./loading/problems.ts";
import { outputOf } from "./loading/series.ts";
import { nearestEpoch } from "./nearest.ts";
import * as view from "./view.ts";

/** Epochs fetched ahead on either side, so that scrubbing does not wait. */
const AHEAD = 3;

export function followSecond(): void {
  effect(() => {
    const run = against.value;
    const wanted = againstOutput.value;
    // Runs are listed anew when their logs have grown.
    const runs = view.runs.value;
    const own = view.output.value;
    if (!run || run === EPOCHS || !runs) clear();
    else void loadEpochs(run, wanted || own);
  });
  effect(() => {
    const epochs = secondEpochs.value;
    const wanted = againstStep.value || view.step.value;
    if (epochs.length) void loadSecond(epochs, wanted);
  });
}

function clear(): void {
  asked = "";
  batch(() => {
    second.value = null;
    secondError.value = null;
    secondEpochs.value = [];
  });
}

/** Which run and output is wanted; what comes for another is late. */
let asked = "";
let source = { run: "", output: "" };

async function loadEpochs(run: string, wanted: string): Promise<void> {
  const info = view.runs.value?.find((each) => each.run === run);
  if (!info) {
    clear();
    secondError.value = `There is no run ${run} in this log.`;
    return;
  }
  const output = outputOf(info.outputs, wanted);
  asked = `${run}\n${output}`;
  const mine = asked;
  try {
    const { epochs } = await fetchSeries(run, output);
    if (asked !== mine) return;
    source = { run, output };
    batch(() => {
      secondError.value = null;
      secondEpochs.value = epochs.filter(view.usable);
    });
  } catch (error) {
    if (asked === mine) fail(error);
  }
}

function fail(error: unknown): void {
  // What is shown stays while the server is away.
  if (error instanceof ServerGone) return;
  batch(() => {
    second.value = null;
    secondError.value = messageOf(error);
  });
}

async function loadSecond(
  epochs: readonly EpochInfo[],
  wanted: number,
): Promise<void> {
  const info = nearestEpoch(epochs, wanted);
  const { run, output } = source;
  if (!info) return;
  const isWanted = (): boolean =>
    secondEpochs.value === epochs &&
    (againstStep.value || view.step.value) === wanted;
  try {
    const { epoch, tree } = await bring(info, run, output);
    if (!isWanted()) return;
    batch(() => {
      secondError.value = null;
      second.value = {
        ...{ run, output, step: info.step, tree, epoch },
        hierarchy: info.hierarchy ?? null,
        grouping: info.grouping ?? null,
      };
    });
    const at = epochs.indexOf(info);
    if (againstStep.value) return;
    for (let distance = 1; distance <= AHEAD; distance++) {
      for (const next of [epochs[at + distance], epochs[at - distance]]) {
        if (next && isWanted()) await bring(next, run, output);
      }
    }
  } catch (error) {
    if (isWanted()) fail(error);
  }
}
