/** The keyboard: what each key does. The help reads the same table. */

import { signal } from "@preact/signals";
import { cancelDrag } from "./drag.ts";
import { focusFinder } from "./finder.tsx";
import { toggleFold } from "./fold.tsx";
import { glideTo, zoomBack, zoomTo } from "./motion.ts";
import { leavePair, pairIsLatest, walkPairs } from "./pairlist.ts";
import { togglePlay } from "./play.ts";
import { hasSamples } from "./sampled.ts";
import { above } from "./selection.ts";
import { tab } from "./tab.ts";
import * as view from "./view.ts";

export const helpIsOpen = signal(false);

/** What the help says of keys. */
export interface Told {
  /** As `KeyboardEvent.key` names them; upper case for letters with shift. */
  keys: readonly string[];
  does: string;
}

interface Shortcut extends Told {
  act: (key: string) => void;
}

const stepTo = (at: 0 | -1): void => {
  view.goToStep(view.epochs.value.at(at)?.step ?? 0);
};

export const SHORTCUTS: readonly Shortcut[] = [
  {
    keys: ["ArrowLeft", "ArrowDown"],
    does: "previous epoch",
    act: () => view.stepBy(-1),
  },
  {
    keys: ["ArrowRight", "ArrowUp"],
    does: "next epoch",
    act: () => view.stepBy(1),
  },
  { keys: ["Home"], does: "first epoch", act: () => stepTo(0) },
  { keys: ["End"], does: "last epoch", act: () => stepTo(-1) },
  { keys: [" "], does: "play, pause", act: togglePlay },
  {
    keys: ["Enter"],
    does: "zoom to the selection",
    act: () => zoomTo(view.selection.value),
  },
  { keys: ["Escape"], does: "back, then select nothing", act: back },
  {
    keys: ["0"],
    does: "show all classes",
    act: () => glideTo(view.fullWindow()),
  },
  {
    keys: ["c"],
    does: "collapse, expand the selected group",
    act: () => {
      const { rows, columns } = view.selection.value;
      toggleFold(rows || columns, "rows", false);
    },
  },
  {
    keys: ["C"],
    does: "its rows alone; of a column band, its columns",
    act: () => {
      const { rows, columns } = view.selection.value;
      toggleFold(rows || columns, rows ? "rows" : "columns", true);
    },
  },
  { keys: ["u"], does: "select the group above", act: selectAbove },
  {
    keys: ["n", "p"],
    does: "next, previous confusion in the list",
    act: (key) => walkPairs(key === "n" ? 1 : -1),
  },
  {
    keys: ["s"],
    does: "its samples, its errors",
    act: () => {
      if (!hasSamples.value || tab.value === "samples") tab.value = "errors";
      else tab.value = "samples";
    },
  },
  { keys: ["/"], does: "find a class", act: focusFinder },
  {
    keys: ["?"],
    does: "these shortcuts",
    act: () => {
      helpIsOpen.value = true;
    },
  },
];

function selectAbove(): void {
  const tree = view.tree.value;
  if (tree) view.select(above(tree, view.selection.value));
}

/** Undoes the last thing: a drag, a zoom, the selection. */
function back(): void {
  // Open without a dialog: that is still on its way.
  if (helpIsOpen.value) {
    helpIsOpen.value = false;
    return;
  }
  if (tab.value !== "errors") {
    tab.value = "errors";
    return;
  }
  if (cancelDrag() || (pairIsLatest() && leavePair()) || zoomBack()) return;
  if (!leavePair()) view.select(0);
}

/** Listens to the whole page; controls keep the keys they use themselves. */
export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as Element;
    if (target.closest("select, input, textarea, dialog, [popover]")) return;
    const onButton = target.closest("button") !== null;
    if (onButton && (event.key === " " || event.key === "Enter")) return;
    // What is open closes itself.
    if (document.querySelector(":popover-open, dialog[open]")) return;
    const shortcut = SHORTCUTS.find(({ keys }) => keys.includes(event.key));
    if (!shortcut) return;
    event.preventDefault();
    shortcut.act(event.key);
  });
}
