/** The keys of layers and map, wherever the focus is but in a control. */

import { dragged } from "../matrix/gestures/drag.ts";
import { zoomBack, zoomDepth } from "../matrix/gestures/zoom.ts";
import { CONTROLS, INPUTS, type ShortcutHelp } from "../ui/shortcuts.ts";
import { walkLayers } from "./data/loadResponses.ts";

export const KEYS: readonly ShortcutHelp[] = [
  { keys: ["ArrowLeft", "ArrowRight"], does: "previous, next layer" },
];

/** And the trees beside the map, which arrows walk. */
const OWN = `${CONTROLS}, [data-node]`;

/** @returns what stops listening */
export function listenToLayers(): () => void {
  const before = zoomDepth();
  const onKeyDown = (event: KeyboardEvent): void => {
    const target = event.target as Element;
    if (document.querySelector(":popover-open, dialog[open]")) return;
    if (event.key === "Escape") {
      // A zoom from before this view was opened stays.
      const isZoomed = zoomDepth() > before && !dragged.value;
      if (target.closest(INPUTS) || !isZoomed || !zoomBack()) return;
    } else {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by || target.closest(OWN)) return;
      event.preventDefault();
      walkLayers(by);
    }
    event.stopPropagation();
  };
  document.addEventListener("keydown", onKeyDown, true);
  return () => document.removeEventListener("keydown", onKeyDown, true);
}
