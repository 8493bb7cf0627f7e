/** What the two epochs that are compared are called. */

import type { RunInfo } from "./answers.ts";

/** An epoch of an output of a run. */
export interface Series {
  run: string;
  output: string;
  step: number;
}

/**
 * A run as short as it can be said: with its split where the two differ in it.
 *
 * @param compared the two runs that are compared
 */
export function nameOf(
  run: string,
  runs: readonly RunInfo[],
  compared: readonly [shown: string, other: string | undefined],
): string {
  const find = (name: string | undefined): RunInfo | undefined =>
    runs.find((each) => each.run === name);
  const [info, shown, other] = [run, ...compared].map(find);
  if (!info) return run;
  const isOtherSplit = shown && other && shown.split !== other.split;
  return isOtherSplit && info.split ? `${info.name} ${info.split}` : info.name;
}

/**
 * What the two are called, by all in which they differ and nothing else.
 *
 * @param there the other one; the name of its run alone before it has come
 */
export function namesOf(
  here: Series,
  there: Series | string,
  runs: readonly RunInfo[],
): { shown: string; other: string } {
  if (typeof there === "string") {
    const name = (run: string): string =>
      nameOf(run, runs, [here.run, undefined]);
    return { shown: name(here.run), other: name(there) };
  }
  const say = (each: Series): string => {
    const parts: string[] = [];
    if (there.run !== here.run) {
      parts.push(nameOf(each.run, runs, [here.run, there.run]));
    }
    if (there.output !== here.output) parts.push(each.output);
    if (!parts.length || there.step !== here.step) {
      parts.push(`epoch ${each.step}`);
    }
    return parts.join(" ");
  };
  return { shown: say(here), other: say(there) };
}
