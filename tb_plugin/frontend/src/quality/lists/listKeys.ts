/** The keys of the lists, wherever the focus is but in a control. */

import { CONTROLS, type ShortcutHelp } from "../../ui/shortcuts.ts";
import {
  inspectedEntry,
  judgeAndGoOn,
  walkAcross,
  walkBy,
} from "../data/chosenEntry.ts";
import type { Verdict } from "../data/verdicts.ts";

export const VERDICT_KEYS: Record<string, Verdict> = {
  s: "seen",
  c: "confirmed",
  d: "dismissed",
};

export const KEYS: readonly ShortcutHelp[] = [
  { keys: ["ArrowUp", "ArrowDown"], does: "previous, next entry of the list" },
  { keys: ["ArrowLeft", "ArrowRight"], does: "the entry in the list beside" },
  { keys: ["s"], does: "skip, and on to the next; again takes it back" },
  { keys: ["c"], does: "confirmed, likewise" },
  { keys: ["d"], does: "dismissed, likewise" },
];

function actOf(key: string): (() => void) | null {
  const verdict = VERDICT_KEYS[key.toLowerCase()];
  const now = inspectedEntry.peek();
  if (verdict) return now && (() => judgeAndGoOn(now, verdict));
  switch (key) {
    case "ArrowDown":
      return () => walkBy(1);
    case "ArrowUp":
      return () => walkBy(-1);
    case "ArrowRight":
      return () => walkAcross(1);
    case "ArrowLeft":
      return () => walkAcross(-1);
    default:
      return null;
  }
}

/** @returns what stops listening */
export function listenToLists(after: () => void): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if ((event.target as Element).closest(CONTROLS)) return;
    if (document.querySelector(":popover-open, dialog[open]")) return;
    const act = actOf(event.key);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
    after();
  };
  document.addEventListener("keydown", onKeyDown, true);
  return () => document.removeEventListener("keydown", onKeyDown, true);
}
