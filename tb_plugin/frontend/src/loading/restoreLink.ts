/** What a link says, each part once that to which it refers is there. */

import { batch, signal } from "@preact/signals";
import { NOTHING } from "../hierarchy/selection.ts";
import type { Tree } from "../hierarchy/tree.ts";
import type { LinkTexts } from "../state/link/address.ts";
import { restoreLink, restoreLinkOn } from "../state/link.ts";
import { selection, wantedSeries } from "../state/page.ts";
import { fullWindow, setWindow } from "../state/window.ts";

/** The link whose tree is still on its way. */
const pending = signal<LinkTexts | null>(null);
/** Whether the tree on screen is not the one that it means. */
let isHeld = false;

/** Whether what is shown is not yet all that a link asks for. */
export function isRestoring(): boolean {
  return pending.value !== null;
}

/**
 * Takes over what can be known at once.
 *
 * @param held whether the rest waits until `release`, whatever is shown
 */
export function restoreAtOnce(texts: LinkTexts, held = false): void {
  isHeld = held;
  batch(() => {
    pending.value = texts;
    restoreLink(texts);
  });
}

export function release(): void {
  isHeld = false;
}

/** Leaves undone what waits for a tree. */
export function stopRestoring(): void {
  pending.value = null;
  wantedSeries.value = {};
}

/** The epoch that is asked for, said once. */
export function takeWantedStep(): number | undefined {
  const { step, ...series } = wantedSeries.peek();
  wantedSeries.value = series;
  return step;
}

/** Takes over what needed a tree; what a link leaves out is not chosen. */
export function restoreOn(tree: Tree): void {
  const texts = pending.peek();
  if (!texts || isHeld) return;
  batch(() => {
    selection.value = NOTHING;
    setWindow(fullWindow());
    restoreLinkOn(tree, texts);
    stopRestoring();
  });
}
