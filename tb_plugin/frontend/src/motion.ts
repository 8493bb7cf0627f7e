/** Moves the window: at once, or on a short way. */

import { batch } from "@preact/signals";
import { classesOf } from "./tree.ts";
import {
  clamp,
  fullWindow,
  headroom,
  headroomFor,
  hover,
  moving,
  type Selection,
  settledWindow,
  shownWindow,
  tree,
  type Window,
} from "./view.ts";

const DURATION = 250;
/** Rest after which labels are placed again. */
const REST = 120;

let timer = 0;
let animation = 0;
/** Windows to come back to. */
const trail: Window[] = [];

/** Moves with the pointer; labels come back once it rests. */
export function moveTo(window: Window): void {
  cancelAnimationFrame(animation);
  batch(() => {
    shownWindow.value = clamp(window);
    moving.value = true;
    hover.value = null;
  });
  clearTimeout(timer);
  timer = setTimeout(settle, REST) as unknown as number;
}

function settle(): void {
  // Names of columns come or go on a short way, too.
  if (headroom.value !== headroomFor(shownWindow.value)) {
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
  const [height, goal] = [headroom.value, headroomFor(to)];
  clearTimeout(timer);
  cancelAnimationFrame(animation);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    batch(() => {
      shownWindow.value = to;
      headroom.value = goal;
    });
    settle();
    return;
  }
  const start = performance.now();
  moving.value = true;
  hover.value = null;
  const tick = (now: number): void => {
    const t = Math.min(Math.max((now - start) / DURATION, 0), 1);
    const eased = 1 - (1 - t) ** 3;
    batch(() => {
      shownWindow.value = t < 1 ? between(from, to, eased) : to;
      headroom.value = t < 1 ? height + (goal - height) * eased : goal;
    });
    if (t < 1) animation = requestAnimationFrame(tick);
    else settle();
  };
  animation = requestAnimationFrame(tick);
}

/** Zooms to a block, remembering where it came from. */
export function zoomTo({ rows, columns }: Selection): void {
  const current = tree.value;
  if (!current) return;
  const low = (node: number): number => current.edge[current.start[node]!]!;
  const [tall, wide] = [classesOf(current, rows), classesOf(current, columns)];
  // A single cell keeps some neighbours.
  const span = Math.max(tall, wide, 8);
  trail.push(shownWindow.value);
  glideTo({
    x: low(columns) - (span - wide) / 2,
    y: low(rows) - (span - tall) / 2,
    span,
  });
}

/** Back to where the last zoom began; false when everything is shown. */
export function zoomBack(): boolean {
  if (shownWindow.value.span >= fullWindow().span) {
    trail.length = 0;
    return false;
  }
  glideTo(trail.pop() ?? fullWindow());
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
