/** What a screen reader is told when the picture alone changes. */

import { effect } from "@preact/signals";
import { selectionName } from "../hierarchy/selectionName.ts";
import * as view from "../state/all.ts";
import { announce } from "../ui/announcement.ts";
import { percent, plural } from "../ui/format.ts";

/** Stillness after which an epoch is worth a word. */
const REST = 700;

export function announceChanges(): void {
  let before = view.NO_EPOCH;
  let selected = "";
  effect(() => {
    const tree = view.tree.value;
    if (!tree) return;
    const called = selectionName(tree, view.selection.value);
    const now = Object.values(called).join(" ");
    // Not the first one, with which the page opened.
    if (selected && now !== selected) announce(`selected: ${now}`);
    selected = now;
  });
  effect(() => {
    const step = view.drawnStep.value;
    const epoch = view.epoch.value;
    if (!epoch || view.playing.value || step === before) return;
    // The first one is what the page opened with.
    if (before === view.NO_EPOCH) {
      before = step;
      return;
    }
    const timer = setTimeout(() => {
      announce(epochInWords(step, epoch.total, epoch.errors));
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
