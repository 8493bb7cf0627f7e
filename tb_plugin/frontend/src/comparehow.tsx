/** How two matrices are compared: at which epoch, as what, the other way round. */

import { batch } from "@preact/signals";
import type { JSX } from "preact";
import { Choice } from "./choice.tsx";
import {
  against,
  againstOutput,
  againstStep,
  isSideBySide,
  second,
  secondEpochs,
} from "./compare.ts";
import { range } from "./filtering.ts";
import { EVERYTHING } from "./filters.ts";
import { chooseRun } from "./loading/series.ts";
import * as view from "./view.ts";

export function HowCompared(): JSX.Element {
  return (
    <>
      <Choice
        label=""
        name="epoch compared with"
        value={String(againstStep.value)}
        options={[
          { value: "0", text: "same epoch" },
          ...secondEpochs.value.map(({ step }) => ({
            value: String(step),
            text: `epoch ${step}`,
          })),
        ]}
        onChoose={(value) => {
          againstStep.value = Number(value);
        }}
      />
      <Choice
        label=""
        name="compare as"
        value={isSideBySide.value ? "side" : "difference"}
        options={[
          { value: "difference", text: "difference" },
          { value: "side", text: "side by side", short: "both" },
        ]}
        onChoose={(value) => {
          isSideBySide.value = value === "side";
          // A difference has no pins to move.
          range.value = EVERYTHING;
        }}
      />
      <button
        type="button"
        class="swap"
        data-testid="swap"
        aria-label="Swap the two"
        title="Swap the two"
        disabled={!second.value}
        onClick={() => void swap()}
      >
        ⇄
      </button>
    </>
  );
}

/** Shows the other, and compares with what was shown. */
export async function swap(): Promise<void> {
  const there = second.value;
  if (!there) return;
  const [run, output, step] = [
    view.run.value,
    view.output.value,
    view.step.value,
  ];
  const keepsStep = againstStep.value !== 0;
  await chooseRun(there.run, there.output);
  batch(() => {
    against.value = run;
    againstOutput.value = output === there.output ? "" : output;
    if (keepsStep) {
      againstStep.value = step;
      view.goToStep(there.step);
    }
  });
}
