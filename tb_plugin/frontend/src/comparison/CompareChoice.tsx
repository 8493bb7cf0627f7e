/** The part of the top bar that says what the matrix is compared with. */

import { batch } from "@preact/signals";
import type { JSX } from "preact";
import { EVERYTHING } from "../confusion/filters.ts";
import * as view from "../state/all.ts";
import { isComparing } from "../state/comparison/comparedEpoch.ts";
import {
  comparedOutput,
  comparedRun,
  comparedSeries,
  comparedStep,
  EPOCH_COUNTS,
  EPOCHS,
  epochCount,
} from "../state/comparison/comparison.ts";
import { range } from "../state/filters.ts";
import { type Option, Select } from "../ui/Select.tsx";
import { comparisonView } from "./lazyComparison.ts";

/** A run and an output as the value of an option. */
const keyOf = (run: string, output: string): string => `${run}\n${output}`;

export function CompareChoice(): JSX.Element {
  const output = comparedOutput.value || view.output.value;
  const compared = comparisonView.value;
  const key = isComparing.value
    ? keyOf(comparedRun.value, output)
    : comparedRun.value;
  return (
    <>
      <Select
        label="compare with"
        value={key}
        options={optionsOf()}
        onChoose={(value) => {
          const [run = "", output = ""] = value.split("\n");
          compareWith(run, output);
        }}
      />
      {comparedRun.value === EPOCHS && (
        <Select
          label="panels"
          name="number of epochs"
          value={String(epochCount.value)}
          options={EPOCH_COUNTS.map((each) => ({
            value: String(each),
            text: String(each),
          }))}
          onChoose={(value) => {
            epochCount.value = Number(value);
          }}
        />
      )}
      {isComparing.value && compared && <compared.HowCompared />}
    </>
  );
}

/** Every output of every run, named by what differs from the shown one. */
function optionsOf(): Option[] {
  const runs = view.runs.value ?? [];
  const shown = view.runInfo.value;
  const options: Option[] = [
    { value: "", text: "none", short: "" },
    { value: EPOCHS, text: "several epochs" },
  ];
  for (const { run, name, split, outputs, members } of runs) {
    for (const output of outputs) {
      const parts = [name];
      if (split && split !== shown?.split) parts.push(split);
      if (output !== view.output.value) parts.push(output);
      const isSelf = run === view.run.value && output === view.output.value;
      const text = isSelf ? "this run" : parts.join(" ");
      const group = members && "several as one";
      options.push({ value: keyOf(run, output), text, group });
    }
  }
  return options;
}

/** Compares what is shown with another run, or epochs of its own. */
export function compareWith(run: string, output: string): void {
  const isSelf = run === view.run.value && output === view.output.value;
  const first = view.epochs.value.find(view.usable)?.step;
  batch(() => {
    comparedSeries.value = null;
    comparedRun.value = run;
    comparedOutput.value = output === view.output.value ? "" : output;
    range.value = EVERYTHING;
    // An epoch differs from itself in nothing.
    const isLast = view.step.value === view.lastStep.value;
    const other = isLast ? first : "last";
    comparedStep.value = (isSelf ? other : undefined) ?? null;
  });
}
