/** What is asked for and not in the log. */

import { computed, signal } from "@preact/signals";
import { output, run, runInfo, runs, step } from "./page.ts";

/** The run that is asked for, where the log does not hold it; else "". */
export const missingRun = computed(() =>
  runs.value && !runInfo.value ? run.value : "",
);

/** A run, output or epoch that was asked for, and what is shown instead. */
export interface Instead {
  asked: string;
  /** Whether it is the run that there is not. */
  isRun?: boolean;
  run: string;
  output: string;
  step: number;
}

const gone = signal<Instead | null>(null);

/** The same while that is still shown which came in its place. */
export const instead = computed(() => {
  const { value } = gone;
  const isShown =
    value?.run === run.value &&
    value.output === output.value &&
    value.step === step.value;
  return isShown ? value : null;
});

export function sayInstead(what: Instead | null): void {
  gone.value = what;
}
