/** Fetches the epoch that the shown one is compared with. */

import { batch, effect, untracked } from "@preact/signals";
import type { EpochInfo } from "../server/answers.ts";
import { SourceGone } from "../server/source.ts";
import * as view from "../state/all.ts";
import {
  comparisonNumbers,
  isComparing,
  overlap,
} from "../state/comparison/comparedEpoch.ts";
import {
  comparedPlace,
  stepBeside,
} from "../state/comparison/comparedPlace.ts";
import {
  beside,
  comparedEpochs,
  comparedOutput,
  comparedRun,
  comparedSeries,
  comparisonError,
  EPOCHS,
} from "../state/comparison/comparison.ts";
import { Latest } from "../ui/latest.ts";
import { bring, kept, type Loaded, load } from "./epochs.ts";
import { messageOf } from "./errors.ts";
import { followEvidence } from "./evidence.ts";
import { nearestEpoch } from "./nearestEpoch.ts";
import { seriesBeside } from "./otherSplit.ts";
import { fetchAround } from "./prefetch.ts";
import { listSet, outputOf } from "./series.ts";

/** All that a comparison fetches. */
export function follow(): void {
  followComparison();
  followEvidence();
}

export function followComparison(): void {
  const otherOf = (step: number): [EpochInfo, Loaded | undefined] | null => {
    const { run, output } = askedSeries;
    const wanted = untracked(() => stepBeside(step));
    const info = nearestEpoch(comparedEpochs.peek(), wanted);
    // Until there is a first one, what is shown does not wait.
    if (!info || !comparedSeries.peek()) return null;
    return [info, kept(info, run, output)];
  };
  beside.wait = (step) => {
    const { run, output } = askedSeries;
    const [info, loaded] = otherOf(step) ?? [];
    if (!info || loaded) return null;
    // What is wrong with it is said where it is shown.
    return load(info, run, output).catch(String);
  };
  beside.show = (step) => {
    const [info, loaded] = otherOf(step) ?? [];
    if (info && loaded) show(info, loaded);
  };
  effect(() => {
    const run = comparedRun.value;
    const wanted = comparedOutput.value;
    // Whether its log has grown, the list of runs does not say.
    const isListed = view.looks.value > 0;
    const own = view.output.value;
    if (!run || run === EPOCHS || !isListed) clear();
    else void loadEpochs(run, wanted || own);
  });
  effect(() => {
    const [tree, code] = [view.tree.value, comparisonNumbers.value];
    const own = isComparing.value && overlap.value?.own;
    view.restriction.value =
      tree && code && own
        ? {
            tree,
            restrict: (epoch) =>
              code.realign(epoch, code.placesIn(tree, own), tree),
          }
        : null;
  });
  effect(() => {
    const epochs = comparedEpochs.value;
    const wanted = stepBeside(view.step.value);
    // Before it is known which epoch is shown, any would be another one.
    if (epochs.length && wanted !== view.NO_EPOCH)
      void loadSecond(epochs, wanted);
  });
}

function clear(): void {
  request.drop();
  batch(() => {
    comparedSeries.value = null;
    comparisonError.value = null;
    comparedEpochs.value = [];
  });
}

/** Which run and output is wanted; what comes for another is late. */
const request = new Latest();
let askedSeries = { run: "", output: "" };

async function loadEpochs(run: string, wanted: string): Promise<void> {
  const key = await listSet(run).catch(() => run);
  if (run !== comparedRun.value) return;
  if (key !== run) {
    // A link may name the runs of a set in any order. This begins anew.
    comparedRun.value = key;
    return;
  }
  const info = view.runs.value?.find((each) => each.run === run);
  if (!info) {
    clear();
    comparisonError.value = `There is no run ${run} in this log.`;
    return;
  }
  const output = outputOf(info.outputs, wanted);
  const isLatest = request.begin();
  const isNew = run !== askedSeries.run || output !== askedSeries.output;
  // Another step must not bring an epoch of what was asked for before.
  if (isNew) comparedEpochs.value = [];
  try {
    const { epochs } = await seriesBeside(run, output);
    if (!isLatest()) return;
    askedSeries = { run, output };
    const readable = epochs.filter(view.usable);
    batch(() => {
      comparisonError.value = readable.length ? null : whyNone(run, epochs);
      comparedEpochs.value = readable;
      // What was compared before is no answer to what is asked now.
      if (!readable.length) comparedSeries.value = null;
    });
  } catch (error) {
    if (!isLatest()) return;
    batch(() => {
      fail(error);
      // Nor does another step compare with what is not known to be there.
      if (!comparedSeries.value) comparedEpochs.value = [];
    });
  }
}

function whyNone(run: string, epochs: readonly EpochInfo[]): string {
  const [first] = epochs;
  return first
    ? `No epoch of ${run} can be read: ${first.error}`
    : `${run} has no epoch yet.`;
}

function fail(error: unknown): void {
  // What is shown stays while the server is away.
  if (error instanceof SourceGone) return;
  batch(() => {
    comparedSeries.value = null;
    comparisonError.value = messageOf(error);
  });
}

function show(info: EpochInfo, { epoch, tree }: Loaded): void {
  const { run, output } = askedSeries;
  const shown = comparedSeries.peek();
  batch(() => {
    comparisonError.value = null;
    // The same once more would be computed once more.
    if (shown?.epoch === epoch && shown.step === info.step) return;
    comparedSeries.value = {
      run,
      output,
      step: info.step,
      stamp: info.wall_time,
      tree,
      epoch,
      hierarchy: info.hierarchy ?? null,
      grouping: info.grouping ?? null,
    };
  });
}

async function loadSecond(
  epochs: readonly EpochInfo[],
  wanted: number,
): Promise<void> {
  const info = nearestEpoch(epochs, wanted);
  const { run, output } = askedSeries;
  if (!info) return;
  const isWanted = (): boolean =>
    comparedEpochs.value === epochs && stepBeside(view.step.value) === wanted;
  try {
    const loaded = await bring(info, run, output);
    if (!isWanted()) return;
    // Else it comes with the epoch that is shown, as that is on its way.
    const isFirst = !comparedSeries.value;
    if (isFirst || view.drawnStep.value === view.step.value) show(info, loaded);
    // As the shown ones, so that scrubbing does not wait.
    if (comparedPlace.value === "same") {
      await fetchAround(epochs, info.step, run, output, isWanted);
    }
  } catch (error) {
    if (isWanted()) fail(error);
  }
}
