/** The choices of the view menu: what is rarely changed. */

import type { JSX } from "preact";
import * as view from "../state/all.ts";
import { showsChanges } from "../state/comparison/comparedEpoch.ts";
import { type Bars, sideBars } from "../state/filters.ts";
import { SPEEDS } from "../state/timeline.ts";
import { Select } from "../ui/Select.tsx";
import { OrderChoice } from "./OrderChoice.tsx";
import { LeastChoice, ShowChoice, ValueChoice } from "./ShowChoice.tsx";

export function ViewChoices(): JSX.Element {
  return (
    <>
      <OrderChoice />
      <ValueChoice />
      <ShowChoice />
      <LeastChoice />
      {!showsChanges.value && (
        <Select
          label="bars"
          value={sideBars.value}
          options={[
            { value: "rates", text: "recall and precision" },
            { value: "support", text: "samples" },
          ]}
          onChoose={(chosen) => {
            sideBars.value = chosen as Bars;
          }}
        />
      )}
      {view.epochs.value.length > 1 && (
        <Select
          label="speed"
          value={String(view.speed.value)}
          options={SPEEDS.map((each) => ({
            value: String(each),
            text: `${each}×`,
          }))}
          onChoose={(chosen) => {
            view.speed.value = Number(chosen);
          }}
        />
      )}
    </>
  );
}
