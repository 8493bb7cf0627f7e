/** What a screen reader is told when the picture alone changes. */

import { effect, signal } from "@preact/signals";
import { percent, plural } from "./format.ts";
import * as view from "./view.ts";

/** The last words; the page holds them where they are read out politely. */
export const said = signal("");

export function say(text: string): void {
  said.value = text;
}

/** Stillness after which an epoch is worth a word. */
const REST = 700;

export function announceEpochs(): void {
  let before = 0;
  effect(() => {
    const step = view.drawnStep.value;
    const epoch = view.epoch.value;
    if (step === 0 || !epoch || view.playing.value || step === before) return;
    // The first one is what the page opened with.
    const isNews = before !== 0;
    before ||= step;
    if (!isNews) return;
    const timer = setTimeout(() => {
      say(epochInWords(step, epoch.total, epoch.errors));
      before = step;
    }, REST);
    return () => clearTimeout(timer);
  });
}

function epochInWords(step: number, total: number, errors: number): string {
  const last = view.epochs.value.at(-1)?.step ?? step;
  const right = percent((total - errors) / total);
  return `Epoch ${step} of ${last}: ${plural(errors, "error", "errors")}, ${right} right`;
}
