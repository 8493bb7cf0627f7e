/** The part of the top bar that says what the matrix is compared with. */

import { batch } from "@preact/signals";
import type { JSX } from "preact";
import { Choice, type Option } from "./choice.tsx";
import {
  against,
  againstOutput,
  againstStep,
  EPOCHS,
  MANY,
  many,
  second,
} from "./compare.ts";
import { comparing, isComparing } from "./compared.ts";
import { range } from "./filtering.ts";
import { EVERYTHING } from "./filters.ts";
import * as view from "./view.ts";

/** A run and an output as the value of an option. */
const keyOf = (run: string, output: string): string => `${run}\n${output}`;

export function CompareChoice(): JSX.Element {
  const output = againstOutput.value || view.output.value;
  const compared = comparing.value;
  const key = isComparing.value ? keyOf(against.value, output) : against.value;
  return (
    <>
      <Choice
        label="compare with"
        value={key}
        options={optionsOf()}
        onChoose={choose}
      />
      {against.value === EPOCHS && (
        <Choice
          label="many"
          name="number of epochs"
          value={String(many.value)}
          options={MANY.map((each) => ({
            value: String(each),
            text: String(each),
          }))}
          onChoose={(value) => {
            many.value = Number(value);
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
  const shown = runs.find(({ run }) => run === view.run.value);
  const options: Option[] = [
    { value: "", text: "none" },
    { value: EPOCHS, text: "several epochs" },
  ];
  for (const { run, name, split, outputs } of runs) {
    for (const output of outputs) {
      const parts = [name];
      if (split && split !== shown?.split) parts.push(split);
      if (output !== view.output.value) parts.push(output);
      const isSelf = run === view.run.value && output === view.output.value;
      const text = isSelf ? "this run" : parts.join(" ");
      options.push({ value: keyOf(run, output), text });
    }
  }
  return options;
}

function choose(value: string): void {
  const [run = "", output = ""] = value.split("\n");
  const isSelf = run === view.run.value && output === view.output.value;
  const usable = view.epochs.value.filter(view.usable);
  const last = usable.at(-1)?.step ?? 0;
  batch(() => {
    second.value = null;
    against.value = run;
    againstOutput.value = output === view.output.value ? "" : output;
    range.value = EVERYTHING;
    // An epoch differs from itself in nothing.
    againstStep.value = !isSelf
      ? 0
      : view.step.value === last
        ? (usable[0]?.step ?? 0)
        : last;
  });
}
