/** The keys of the layers, wherever the focus is but in a control. */

import { CONTROLS, type ShortcutHelp } from "../ui/shortcuts.ts";
import { walkLayers } from "./data/loadResponses.ts";

export const KEYS: readonly ShortcutHelp[] = [
  { keys: ["ArrowLeft", "ArrowRight"], does: "previous, next layer" },
];

/** And the trees beside the map, which arrows walk. */
const OWN = `${CONTROLS}, [data-node]`;

/** @returns what stops listening */
export function listenToLayers(): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if ((event.target as Element).closest(OWN)) return;
    if (document.querySelector(":popover-open, dialog[open]")) return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    walkLayers(by);
  };
  document.addEventListener("keydown", onKeyDown, true);
  return () => document.removeEventListener("keydown", onKeyDown, true);
}
