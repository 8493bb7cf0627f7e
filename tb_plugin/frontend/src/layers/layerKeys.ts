/** The keys of the columns, wherever the focus is but in a control. */

import { CONTROLS, type ShortcutHelp } from "../ui/shortcuts.ts";
import { walk } from "./data/chosenLayer.ts";

export const KEYS: readonly ShortcutHelp[] = [
  { keys: ["ArrowLeft", "ArrowRight"], does: "previous, next layer" },
  { keys: ["ArrowUp", "ArrowDown"], does: "coarser, finer level" },
];

const STEPS: Record<string, readonly [layers: number, levels: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** @returns what stops listening */
export function listenToColumns(after: () => void): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if ((event.target as Element).closest(CONTROLS)) return;
    if (document.querySelector(":popover-open, dialog[open]")) return;
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    walk(...step);
    after();
  };
  document.addEventListener("keydown", onKeyDown, true);
  return () => document.removeEventListener("keydown", onKeyDown, true);
}
