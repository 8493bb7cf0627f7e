/** Shows what a link says, in the page that is open. */

import * as view from "../state/all.ts";
import type { LinkTexts } from "../state/link/address.ts";
import { orderToText } from "../state/orderText.ts";
import {
  awaited,
  isOrderSaid,
  ordering,
  wantedOrder,
} from "../state/siblingOrder.ts";
import { Latest } from "../ui/latest.ts";
import { report } from "./errors.ts";
import { reorder } from "./reorder.ts";
import { release, restoreAtOnce, stopRestoring } from "./restoreLink.ts";
import { chooseRun, listSet, outputOf } from "./series.ts";
import { showStep } from "./showEpoch.ts";

const request = new Latest();

export async function followLink(texts: LinkTexts): Promise<void> {
  const isLatest = request.begin();
  view.playing.value = false;
  restoreAtOnce(texts, true);
  // What comes of another series meanwhile has an epoch of its own.
  const shown = view.run.value;
  const {
    run: asked = shown,
    output,
    step = view.NO_EPOCH,
  } = view.wantedSeries.peek();
  view.wantedSeries.value = {};
  await restoreOrder();
  if (!isLatest()) return;
  release();
  const run = await listSet(asked).catch((error: unknown) => {
    report(error);
    return asked;
  });
  const info = view.runs.value?.find((each) => each.run === run);
  if (!info) {
    stopRestoring();
    view.sayInstead({
      asked,
      isRun: true,
      run: shown,
      output: view.output.value,
      step: view.step.value,
    });
    return;
  }
  const isShown =
    run === shown &&
    outputOf(info.outputs, output) === view.output.value &&
    (step === view.NO_EPOCH ||
      view.epochs.value.some((each) => each.step === step));
  if (isShown) {
    view.goToStep(step);
  } else {
    view.wantedSeries.value = { step };
    await chooseRun(run, output);
  }
  if (isLatest()) await showStep();
}

async function restoreOrder(): Promise<void> {
  // Nothing said leaves it to the tree.
  if (!isOrderSaid.peek() && view.isFlat.peek()) return;
  const wanted = wantedOrder.peek();
  const now = awaited.peek() ?? ordering.peek().order;
  if (orderToText(wanted) !== orderToText(now)) await reorder(wanted);
}
