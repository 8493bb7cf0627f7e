/** What the two epochs that are compared are called. */

import type { RunInfo } from "./answers.ts";

export interface Series {
  run: string;
  output: string;
  step: number;
}

/** A run as short as it can be told from the two that are compared. */
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

/** What the two are called, by all in which they differ and nothing else. */
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

/** Letters of a name that is cut: enough to tell it from the other one. */
const LETTERS = 16;
/** How far before the first letter that differs a cut name begins at most. */
const BEFORE = 8;

/**
 * Two names cut from the word on that differs, unless they would look alike.
 */
export function cutNames(pair: [string, string]): [string, string] {
  const [one, two] = pair.map((name) => [...name]) as [string[], string[]];
  let same = 0;
  while (same < one.length && one[same] === two[same]) same++;
  const word = one.slice(0, same).findLastIndex((c) => /[\s\-_/,]/.test(c)) + 1;
  const begin = Math.max(word, same - BEFORE);
  const [here, there] = [one, two].map((name) => {
    const from =
      name.length > LETTERS ? Math.min(begin, name.length - BEFORE) : 0;
    const seen = name.slice(from, from + LETTERS).join("");
    const isWhole = from + LETTERS >= name.length;
    return `${from ? "…" : ""}${seen}${isWhole ? "" : "…"}`;
  }) as [string, string];
  return here === there ? pair : [here, there];
}
