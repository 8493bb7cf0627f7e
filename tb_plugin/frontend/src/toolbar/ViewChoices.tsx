/** The choices of the view menu: what is rarely changed. */

import type { JSX } from "preact";
import { reorder } from "../loading/reorder.ts";
import * as view from "../state/all.ts";
import { showsChanges } from "../state/comparison/comparedEpoch.ts";
import { type Bars, sideBars } from "../state/filters.ts";
import {
  type Order,
  orderFromText,
  orderToText,
  TREE,
} from "../state/orderText.ts";
import { awaited, isOrderSaid, ordering } from "../state/siblingOrder.ts";
import { SPEEDS } from "../state/timeline.ts";
import { type Option, Select } from "../ui/Select.tsx";
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

function optionsFor(order: Order): Option[] {
  const epoch = {
    run: view.run.value,
    output: view.output.value,
    step: view.step.value,
  };
  const ofEpoch: [Order, string][] = [
    [{ by: "confusion", ...epoch }, `confusion, epoch ${epoch.step}`],
    [{ by: "recall", ...epoch }, `recall, epoch ${epoch.step}`],
  ];
  const orders: [Order, string][] = [
    [TREE, "tree"],
    ...(epoch.step === view.NO_EPOCH ? [] : ofEpoch),
    [{ by: "label" }, "label"],
  ];
  // The caption names the epoch; the bar has no room for it.
  const options = orders.map(([each, text]) => ({
    value: orderToText(each),
    text,
    short: each.by,
  }));
  const value = orderToText(order);
  if (!options.some((option) => option.value === value)) {
    // Of another epoch: it stays while epochs come and go.
    const [by, step] = value.split(" ");
    const text = `${by}, epoch ${step}`;
    options.splice(1, 0, { value, text, short: order.by });
  }
  return options;
}

function OrderChoice(): JSX.Element {
  const order = awaited.value ?? ordering.value.order;
  return (
    <Select
      label="order"
      name="order of siblings"
      value={orderToText(order)}
      options={optionsFor(order)}
      onChoose={(text) => {
        isOrderSaid.value = true;
        void reorder(orderFromText(text));
      }}
    />
  );
}
