/** Moves the window: at once, or on a short way. */

import { batch, effect, untracked } from "@preact/signals";
import { type Selection, spansOf } from "../../hierarchy/selection.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import {
  clamp,
  fullWindow,
  headroom,
  headroomFor,
  hover,
  moving,
  placesOn,
  remainderRoomFor,
  settledWindow,
  shownWindow,
  tree,
  type Window,
} from "../../state/all.ts";
import { remainderRoom } from "../../state/filters.ts";

const DURATION = 250;
/** Rest after which labels are placed again. */
const REST = 120;

let timer = 0;
let animation = 0;
/** Windows to come back to. */
const trail: Window[] = [];
/** Whether the pointer moves the window on from the last of them. */
let isWandering = false;

/** Leaves a place to come back to. */
function remember(): void {
  const last = trail.at(-1);
  const now = settledWindow.value;
  if (!last || !isSame(last, now)) trail.push(now);
}

function isSame(a: Window, b: Window): boolean {
  const far = Math.hypot(a.x - b.x, a.y - b.y, a.span - b.span);
  return far < 1e-3 * a.span;
}

/** Moves with the pointer; labels come back once it rests. */
export function moveTo(window: Window): void {
  cancelAnimationFrame(animation);
  if (!isWandering) remember();
  isWandering = true;
  batch(() => {
    shownWindow.value = clamp(window);
    moving.value = true;
    hover.value = null;
  });
  clearTimeout(timer);
  timer = setTimeout(settle, REST) as unknown as number;
}

function settle(): void {
  const at = shownWindow.value;
  const isRoomy = remainderRoom.value === remainderRoomFor(at);
  // Names of columns and what is left out come or go on a short way, too.
  if (!isRoomy || headroom.value !== headroomFor(at)) {
    glideTo(shownWindow.value);
    return;
  }
  batch(() => {
    settledWindow.value = shownWindow.value;
    moving.value = false;
  });
}

/** The window at t in [0, 1] on a way that keeps one place where it is. */
export function between(from: Window, to: Window, t: number): Window {
  const span = from.span * (to.span / from.span) ** t;
  const grown = to.span - from.span;
  const share = Math.abs(grown) < 1e-9 ? t : (span - from.span) / grown;
  return {
    x: from.x + (to.x - from.x) * share,
    y: from.y + (to.y - from.y) * share,
    span,
  };
}

/** Goes to a window in a quarter of a second, both axes together. */
export function glideTo(wanted: Window): void {
  const from = shownWindow.value;
  const to = clamp(wanted);
  // From there is nowhere to go back to.
  if (to.span >= fullWindow().span) trail.length = 0;
  const [height, goal] = [headroom.value, headroomFor(to)];
  const [room, roomy] = [remainderRoom.value, remainderRoomFor(to)];
  clearTimeout(timer);
  cancelAnimationFrame(animation);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    batch(() => {
      shownWindow.value = to;
      headroom.value = goal;
      remainderRoom.value = roomy;
    });
    settle();
    return;
  }
  let start = 0;
  moving.value = true;
  hover.value = null;
  let drawn = from;
  const tick = (now: number): void => {
    // Shown at once meanwhile, as a link asks for.
    if (shownWindow.peek() !== drawn) {
      moving.value = false;
      return;
    }
    const t = Math.min(Math.max((now - start) / DURATION, 0), 1);
    const eased = 1 - (1 - t) ** 3;
    batch(() => {
      drawn = t < 1 ? between(from, to, eased) : to;
      shownWindow.value = drawn;
      headroom.value = t < 1 ? height + (goal - height) * eased : goal;
      remainderRoom.value = t < 1 ? room + (roomy - room) * eased : roomy;
    });
    if (t < 1) animation = requestAnimationFrame(tick);
    else settle();
  };
  // The next frame shows what a gesture changed: the way begins behind it.
  animation = requestAnimationFrame((now) => {
    start = now;
    animation = requestAnimationFrame(tick);
  });
}

/** The window that a selection fills. */
function windowOf(current: Tree, selection: Selection): Window {
  const { rows, columns } = selection;
  // A band is as wide as everything: its own block stands for it.
  const block = { rows: rows || columns, columns: columns || rows };
  const box = spansOf(current, selection.box ? selection : block);
  const [top, bottom] = box.rows.map((at) =>
    placesOn("rows")(current.leafEdges[at]!),
  );
  const [left, right] = box.columns.map((at) =>
    placesOn("columns")(current.leafEdges[at]!),
  );
  const [tall, wide] = [bottom! - top!, right! - left!];
  // A single cell keeps some neighbours.
  const span = Math.max(tall, wide, 8);
  return { x: left! - (span - wide) / 2, y: top! - (span - tall) / 2, span };
}

/** Zooms to a selection, remembering where it came from. */
export function zoomTo(selection: Selection): void {
  if (!tree.value) return;
  const wanted = clamp(windowOf(tree.value, selection));
  if (isSame(wanted, shownWindow.value)) return;
  remember();
  isWandering = false;
  glideTo(wanted);
}

/** Zooms out to a selection where the window shows only a part of it. */
export function widenTo(selection: Selection): void {
  if (!tree.value) return;
  const wanted = clamp(windowOf(tree.value, selection));
  const { x, y, span } = shownWindow.value;
  const low = Math.min(wanted.x - x, wanted.y - y);
  const high = Math.max(wanted.x - x, wanted.y - y) + wanted.span - span;
  if (low >= -1e-6 && high <= 1e-6) return;
  while (trail.length && trail.at(-1)!.span <= wanted.span) trail.pop();
  isWandering = false;
  glideTo(wanted);
}

export function zoomDepth(): number {
  return trail.length;
}

/** Back to where the last zoom began; false when everything is shown. */
export function zoomBack(): boolean {
  isWandering = false;
  if (shownWindow.value.span >= fullWindow().span) {
    trail.length = 0;
    return false;
  }
  let back = trail.pop();
  while (back && isSame(back, shownWindow.value)) back = trail.pop();
  glideTo(back ?? fullWindow());
  return true;
}

export function zoomAbout(factor: number, x: number, y: number): void {
  const { x: left, y: top, span } = shownWindow.value;
  const size = clamp({ x: 0, y: 0, span: span * factor }).span;
  moveTo({
    x: x - (x - left) * (size / span),
    y: y - (y - top) * (size / span),
    span: size,
  });
}

/** Brings or takes the room for what is left out when filters come or go. */
export function followFilters(): void {
  effect(() => {
    const window = settledWindow.value;
    const isRoomy =
      remainderRoomFor(window) === remainderRoom.peek() &&
      headroomFor(window) === headroom.peek();
    if (!tree.value || isRoomy) return;
    if (!moving.peek()) untracked(() => glideTo(shownWindow.value));
  });
}
