/** What the two that are compared are called. */

import { against, second } from "./compare.ts";
import * as view from "./view.ts";

/** A run as short as it can be said: with its split where that differs. */
export function nameOf(run: string): string {
  const infos = view.runs.value ?? [];
  const info = infos.find((each) => each.run === run);
  const shown = infos.find((each) => each.run === view.run.value);
  const other = infos.find((each) => each.run === second.value?.run);
  if (!info) return run;
  const parts = [info.name];
  if (shown && other && shown.split !== other.split && info.split) {
    parts.push(info.split);
  }
  return parts.join(" ");
}

/** What the two are called, by all in which they differ and nothing else. */
export function namesOfBoth(): { shown: string; other: string } {
  const there = second.value;
  const here = {
    run: view.run.value,
    output: view.output.value,
    step: view.drawnStep.value,
  };
  if (!there) return { shown: nameOf(here.run), other: nameOf(against.value) };
  const isOtherRun = there.run !== here.run;
  const isOtherOutput = there.output !== here.output;
  const say = (each: typeof here): string => {
    const parts: string[] = [];
    if (isOtherRun) parts.push(nameOf(each.run));
    if (isOtherOutput) parts.push(each.output);
    if (!parts.length || there.step !== here.step) {
      parts.push(`epoch ${each.step}`);
    }
    return parts.join(" ");
  };
  return { shown: say(here), other: say(there) };
}
