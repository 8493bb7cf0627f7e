/** Which runs there are, and the series of epochs that is shown. */

import { batch } from "@preact/signals";
import type { RunInfo } from "../server/answers.ts";
import { source } from "../server/source.ts";
import * as view from "../state/all.ts";
import { comparedRun } from "../state/comparison/comparison.ts";
import { lackedSteps } from "../state/seeds/runSpread.ts";
import { report } from "./errors.ts";
import { samePlace } from "./nearestEpoch.ts";
import { takeWantedStep } from "./restoreLink.ts";
import { showStep } from "./showEpoch.ts";

/** How often a series was asked for, and how many are on their way. */
let asked = 0;
let underWay = 0;

/** Sets of runs that were asked for by name, the last one first. */
let sets: string[] = [];
/** As many as the server lists. */
const MOST = 8;

function listed(...keys: (string | undefined)[]): Promise<RunInfo[]> {
  const asked = keys.filter((key) => key?.startsWith('["')) as string[];
  sets = [...new Set([...asked, ...sets])].slice(0, MOST);
  return source().runs(sets);
}

/** Lists a set of runs, unless it is listed, or is none; what it is known by. */
export async function listSet(key: string): Promise<string> {
  if (key.startsWith('["') && !infoOf(key)) {
    view.runs.value = await listed(key);
  }
  return infoOf(key)?.run ?? key;
}

/** What is listed of a run, or of a set whose runs may be named in any order. */
function infoOf(key: string, runs = view.runs.value): RunInfo | undefined {
  return runs?.find(({ run, asked }) => run === key || asked?.includes(key));
}

/** Asks again for everything that may have grown. */
export async function reload(): Promise<void> {
  try {
    const before = asked;
    const { run: named, output: guess } = view.wantedSeries.peek();
    // While what a link names is not yet known to be there; what output a run
    // has that is named alone, its list says.
    const early =
      named && guess && !view.runs.value
        ? source().series(named, guess)
        : undefined;
    early?.catch(String);
    const fetched = await listed(
      comparedRun.peek(),
      view.run.peek() || view.wantedSeries.peek().run,
    );
    // What the user has just chosen comes with news of its own.
    if (before !== asked || underWay > 0) return;
    const runs = unlessSame(view.runs.value, fetched);
    view.runs.value = runs;
    view.looks.value++;
    const wanted = view.run.value || view.wantedSeries.peek().run;
    const chosen = wanted ? infoOf(wanted, runs) : usualRun(runs);
    if (chosen) {
      const output = view.output.value || view.wantedSeries.peek().output;
      const found = outputOf(chosen.outputs, output);
      await loadSeries(
        chosen.run,
        found,
        output,
        found === guess ? early : undefined,
      );
    } else if (wanted) {
      // No other run in its place: what is shown stays, and it may yet come.
      view.run.value = wanted;
    }
    view.problem.value = null;
    // While nobody answered, an epoch may have been asked for in vain.
    if (view.drawnStep.value !== view.step.value) void showStep();
  } catch (error) {
    report(error);
  }
}

/** The same object while it says the same, so that nothing is drawn anew. */
function unlessSame<T>(before: T | null, after: T): T {
  return before && JSON.stringify(before) === JSON.stringify(after)
    ? before
    : after;
}

/** The run to begin with. */
export function usualRun(runs: RunInfo[]): RunInfo | undefined {
  return runs.find(({ split }) => split === "validation") ?? runs[0];
}

/** The wanted output if there is one, else `class`, else the first. */
export function outputOf(
  outputs: string[],
  wanted: string | undefined,
): string {
  if (wanted !== undefined && outputs.includes(wanted)) return wanted;
  return outputs.includes("class") ? "class" : (outputs[0] ?? "");
}

export async function chooseRun(
  run: string,
  output = view.output.value || view.wantedSeries.peek().output,
): Promise<void> {
  const info = view.runs.value?.find((each) => each.run === run);
  if (!info) return;
  try {
    await loadSeries(run, outputOf(info.outputs, output));
    view.problem.value = null;
  } catch (error) {
    report(error);
  }
}

/**
 * Goes over to a series, at the same place of its epochs.
 *
 * @param preferred the output that was asked for, where another is worth a word
 * @param coming the series, where it was asked for before
 */
async function loadSeries(
  run: string,
  output: string,
  preferred = output,
  coming = source().series(run, output),
): Promise<void> {
  const mine = ++asked;
  underWay++;
  const { epochs, role, layer, left_out } = await coming.finally(() => {
    underWay--;
  });
  if (mine !== asked) return;
  const isSameSeries = run === view.run.value && output === view.output.value;
  const linked = takeWantedStep();
  const wanted = linked ?? view.chosenStep.value;
  // Who chooses another run takes what it has; a link, and who stays, do not.
  const expected = linked ?? (isSameSeries ? view.step.value : view.NO_EPOCH);
  const chosen = wanted === view.NO_EPOCH ? wanted : samePlace(wanted, epochs);
  batch(() => {
    view.run.value = run;
    view.output.value = output;
    lackedSteps.value = [
      ...new Set(left_out?.flatMap(({ steps }) => steps)),
    ].sort((a, b) => a - b);
    view.role.value = unlessSame(view.role.value, { role, layer });
    view.epochs.value = isSameSeries
      ? unlessSame(view.epochs.value, epochs)
      : epochs;
    view.chosenStep.value = chosen;
    const isLost =
      expected !== view.NO_EPOCH &&
      !epochs.some(({ step }) => step === expected);
    const lost = [
      ...(preferred === output ? [] : [`output ${preferred}`]),
      ...(isLost ? [`epoch ${expected}`] : []),
    ];
    const step = view.step.value;
    if (lost.length && step !== view.NO_EPOCH) {
      view.sayInstead({ asked: lost.join(", "), run, output, step });
    }
  });
}
