/** The keyboard: what each key does. The help reads the same table. */

import { signal } from "@preact/signals";
import { above, kindOf } from "../hierarchy/selection.ts";
import { cancelDrag } from "../matrix/gestures/drag.ts";
import { glideTo, zoomBack, zoomTo } from "../matrix/gestures/zoom.ts";
import { toggleFold } from "../matrix/labels/FoldArrow.tsx";
import { leavePair, pairIsLatest, walkPairs } from "../panel/listedPairs.ts";
import * as view from "../state/all.ts";
import {
  arrangement,
  comparedRun,
  isSideBySide,
} from "../state/comparison/comparison.ts";
import { ERRORS, tab } from "../state/tabs.ts";
import { togglePlay } from "../timeline/player.ts";
import { focusFinder } from "../toolbar/ClassFinder.tsx";
import { INPUTS, type Shortcut } from "../ui/shortcuts.ts";
import { toggleView, views } from "./views.ts";

export const helpIsOpen = signal(false);

const OF_THE_MATRIX: readonly Shortcut[] = [
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
  {
    keys: ["Home"],
    does: "first epoch",
    act: () => view.stepBy(Number.NEGATIVE_INFINITY),
  },
  {
    keys: ["End"],
    does: "last epoch",
    act: () => view.goToStep(view.NO_EPOCH),
  },
  { keys: [" "], does: "play, pause", act: togglePlay },
  {
    keys: ["Enter"],
    does: "zoom to the selection",
    act: () => zoomTo(view.selection.value),
  },
  {
    keys: ["Escape"],
    does: "back, select nothing, leave several matrices",
    act: back,
  },
  {
    keys: ["0"],
    does: "show all classes",
    act: () => glideTo(view.fullWindow()),
  },
  {
    keys: ["c"],
    does: "collapse, expand the selected group",
    act: fold,
  },
  {
    keys: ["C"],
    does: "its rows alone; of a column band, its columns",
    act: fold,
  },
  { keys: ["u"], does: "select the group above", act: selectAbove },
  {
    keys: ["n", "p"],
    does: "next, previous confusion in the list",
    act: (key) => walkPairs(key === "n" ? 1 : -1),
  },
];

const LAST: readonly Shortcut[] = [
  { keys: ["/"], does: "find a class", act: focusFinder },
  {
    keys: ["?"],
    does: "these shortcuts",
    act: () => {
      helpIsOpen.value = true;
    },
  },
];

/** Those of the page, and those that open and close its views. */
export function shortcuts(): Shortcut[] {
  const toggles = views.value.flatMap((view) =>
    view.toggledBy ? [{ ...view.toggledBy, act: () => toggleView(view) }] : [],
  );
  return [...OF_THE_MATRIX, ...toggles, ...LAST];
}

function fold(key: string): void {
  const { rows, columns } = view.selection.value;
  toggleFold(rows || columns, rows ? "rows" : "columns", key === "C");
}

function selectAbove(): void {
  const tree = view.tree.value;
  if (tree) view.select(above(tree, view.selection.value));
}

/** Undoes the last thing: a drag, a zoom, the selection, several matrices. */
function back(): void {
  // Open without a dialog: that is still on its way.
  if (helpIsOpen.value) {
    helpIsOpen.value = false;
    return;
  }
  if (cancelDrag()) return;
  if (tab.value !== ERRORS) {
    tab.value = ERRORS;
    return;
  }
  const isMultiples = arrangement.value === "multiples";
  if (pairIsLatest() && leavePair()) return;
  // Several epochs are shown whole.
  if ((!isMultiples && zoomBack()) || leavePair()) return;
  if (kindOf(view.selection.value) !== "all") view.select(0);
  else if (isMultiples) comparedRun.value = "";
  else if (arrangement.value === "twins") isSideBySide.value = false;
}

/** Listens to the whole page; controls keep the keys they use themselves. */
export function listenToKeys(): void {
  // With these they are the browser's, wherever the focus is.
  const leave = (event: KeyboardEvent): void => {
    const { ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey) event.stopPropagation();
  };
  addEventListener("keydown", leave, true);
  document.addEventListener("keydown", (event) => {
    const target = event.target as Element;
    if (target.closest(INPUTS)) return;
    const onButton = target.closest("button") !== null;
    if (onButton && (event.key === " " || event.key === "Enter")) return;
    // What is open closes itself.
    if (document.querySelector(":popover-open, dialog[open]")) return;
    const shortcut = shortcuts().find(({ keys }) => keys.includes(event.key));
    if (!shortcut) return;
    event.preventDefault();
    shortcut.act(event.key);
  });
}
