/** Walks through the samples by keys, wherever the focus is but in a control. */

import { CONTROLS, type ShortcutHelp } from "../../ui/shortcuts.ts";
import { previewed } from "../detail/detailedSample.ts";
import { pinned } from "../selection/choices.ts";
import {
  arranged,
  placeOf,
  rows,
  toggleOpen,
} from "../selection/shownSamples.ts";
import { firstFrom, rowOf, type Walk, walk } from "./gridRows.ts";

const WAYS: Record<string, Walk> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  "[": "previous",
  "]": "next",
};

export const KEYS: readonly ShortcutHelp[] = [
  { keys: ["ArrowLeft", "ArrowRight"], does: "previous, next sample" },
  { keys: ["ArrowUp", "ArrowDown"], does: "in the row above, below" },
  { keys: ["[", "]"], does: "first of the previous, next group" },
  { keys: ["Enter"], does: "all samples of the group, or one row" },
];

export function reveal(scroller: HTMLElement | null, sample: number): void {
  const place = placeOf.peek().get(sample);
  if (place === undefined || !scroller) return;
  const all = rows.peek();
  const at = rowOf(all, place);
  const row = all.rows[at]!;
  if (place >= row.to) return;
  const { scrollTop, clientHeight } = scroller;
  // The head of a group comes along with its first row.
  const isFirst = all.rows[at - 1]?.to === all.rows[at - 1]?.from;
  const top = all.top[isFirst ? at - 1 : at]!;
  const bottom = all.top[at + 1]!;
  scroller.scrollTop = Math.min(
    Math.max(scrollTop, bottom - clientHeight),
    top,
  );
}

export function listenToWalk(scroller: {
  current: HTMLElement | null;
}): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    const target = event.target as Element;
    if (target.closest(CONTROLS)) return;
    if (document.querySelector(":popover-open, dialog[open]")) return;
    const way = WAYS[event.key];
    const onButton = target.closest("button") !== null;
    if (!way && (event.key !== "Enter" || onButton)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!arranged.peek().list.length || !scroller.current) return;
    if (way) go(scroller.current, way);
    else openHere(scroller.current);
  };
  document.addEventListener("keydown", onKeyDown, true);
  return () => document.removeEventListener("keydown", onKeyDown, true);
}

function pinnedPlace(): number | undefined {
  return placeOf.peek().get(pinned.peek() ?? -1);
}

/** From the pinned sample; without one, to the first in sight. */
function go(scroller: HTMLElement, way: Walk): void {
  const { list } = arranged.peek();
  const [all, at] = [rows.peek(), pinnedPlace()];
  const next =
    at === undefined ? firstFrom(all, scroller.scrollTop) : walk(all, at, way);
  previewed.value = null;
  pinned.value = list[next]!;
  reveal(scroller, list[next]!);
  requestAnimationFrame(() => {
    scroller
      .querySelector<HTMLElement>(`[data-sample="${list[next]}"]`)
      ?.focus({ preventScroll: true });
  });
}

function openHere(scroller: HTMLElement): void {
  const all = rows.peek();
  const at = pinnedPlace() ?? firstFrom(all, scroller.scrollTop);
  toggleOpen(all.rows[rowOf(all, at)]!.group);
}
