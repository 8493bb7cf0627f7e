/** How two matrices are compared: at which epoch, as what, the other way round. */

import { batch } from "@preact/signals";
import type { JSX } from "preact";
import { EVERYTHING } from "../confusion/filters.ts";
import { chooseRun } from "../loading/series.ts";
import * as view from "../state/all.ts";
import { comparedPlace } from "../state/comparison/comparedPlace.ts";
import {
  comparedEpochs,
  comparedOutput,
  comparedRun,
  comparedSeries,
  comparedStep,
  isSideBySide,
  placeOf,
} from "../state/comparison/comparison.ts";
import { range } from "../state/filters.ts";
import { Select } from "../ui/Select.tsx";

export function HowCompared(): JSX.Element {
  return (
    <>
      <Select
        label=""
        name="epoch compared with"
        value={String(comparedPlace.value)}
        options={[
          { value: "same", text: "same epoch" },
          { value: "last", text: "last epoch" },
          ...comparedEpochs.value.map(({ step }) => ({
            value: String(step),
            text: `epoch ${step}`,
          })),
        ]}
        onChoose={(value) => {
          comparedStep.value = placeOf(value);
        }}
      />
      <Select
        label=""
        name="compare as"
        value={isSideBySide.value ? "side" : "difference"}
        options={[
          { value: "difference", text: "difference" },
          { value: "side", text: "side by side", short: "side" },
        ]}
        onChoose={(value) => {
          isSideBySide.value = value === "side";
          // A difference has no range handles to move.
          range.value = EVERYTHING;
        }}
      />
      <button
        type="button"
        class="swap"
        data-testid="swap"
        aria-label="Swap the two"
        title="Swap the two"
        disabled={!comparedSeries.value}
        onClick={() => void swap()}
      >
        ⇄
      </button>
    </>
  );
}

/** Shows the other, and compares with what was shown. */
export async function swap(): Promise<void> {
  const there = comparedSeries.value;
  if (!there) return;
  const [run, output, step] = [
    view.run.value,
    view.output.value,
    view.chosenStep.value,
  ];
  const place = comparedPlace.value;
  await chooseRun(there.run, there.output);
  // It cannot be read, or another one was chosen meanwhile.
  if (view.run.value !== there.run || view.output.value !== there.output)
    return;
  batch(() => {
    comparedRun.value = run;
    comparedOutput.value = output === there.output ? "" : output;
    if (place === "same") return;
    const wasLast = step === view.NO_EPOCH;
    if (!wasLast) comparedStep.value = step;
    else if (place !== "last") comparedStep.value = "last";
    view.goToStep(place === "last" ? view.NO_EPOCH : there.step);
  });
}
