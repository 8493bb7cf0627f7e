/** Turns what the pointer does on the map into changes of the view. */

import type { Axis } from "../../hierarchy/cuts.ts";
import {
  chosenOn,
  isWithin,
  type Selection,
  selectionOf,
  spanOf,
} from "../../hierarchy/selection.ts";
import * as view from "../../state/all.ts";
import { pointable } from "../../state/comparison/comparedEpoch.ts";
import {
  blockAround,
  cancelDrag,
  dragged,
  errorsIn,
  isMeant,
  type Point,
  rectangle,
} from "./drag.ts";
import {
  type Gesture,
  IDLE,
  move,
  type Pixel,
  press,
  release,
} from "./gesture.ts";
import { type Hit, hitTest } from "./hitTest.ts";
import { folded } from "./sideBySidePointer.ts";
import { moveTo, zoomAbout, zoomTo } from "./zoom.ts";

function hitOf(event: Event, { x, y }: Pixel): Hit | null {
  const named = (event.target as Element).closest("[data-node]");
  if (named) {
    return { rows: Number(named.getAttribute("data-node")), columns: null };
  }
  const [tree, cut] = [view.tree.value, view.placedCut.value];
  if (!tree || !cut) return null;
  const scene = {
    tree,
    cut,
    axes: view.axes.value,
    layout: view.layout.value,
    window: view.shownWindow.value,
    cells: pointable.value,
    ticks: { rows: view.rowLabelNodes.value, columns: view.columnNodes.value },
    trees: { rows: view.columns.value, columns: view.topRows.value },
  };
  return hitTest(scene, x, y);
}

/**
 * What a click on it selects: a cell that is large enough to be meant, else the
 * block of groups around.
 */
function choiceOf({ rows, columns: across, band }: Hit): Selection {
  if (band === "rows") return { rows, columns: 0 };
  if (band === "columns") return { rows: 0, columns: rows };
  const cell = { rows, columns: across ?? rows };
  const current = view.tree.value;
  const all = view.epoch.value?.cells;
  if (across === null || !current || !all) return cell;
  const perClass = view.layout.value.matrix.size / view.shownWindow.value.span;
  const length = (node: number, axis: Axis): number => {
    const [from, to] = [current.start[node]!, current.stop[node]!].map(
      (position) => view.axes.value[axis](current.leafEdges[position]!),
    ) as [number, number];
    return (to - from) * perClass;
  };
  const [tall, wide] = [length(rows, "rows"), length(across, "columns")];
  const [row, column] = [current.start[rows]!, current.start[across]!];
  const shown = {
    rows: spanOf(current, rows),
    columns: spanOf(current, across),
  };
  const isWhite =
    errorsIn(all, shown).count === 0 &&
    (row !== column || view.shownCells.value === "errors");
  if (isMeant(tall, wide, isWhite)) return cell;
  return blockAround(current, all, view.outlines.value, row, column) ?? cell;
}

function isOverMatrix({ x, y }: Pixel): boolean {
  const { matrix } = view.layout.value;
  const [dx, dy] = [x - matrix.x, y - matrix.y];
  return dx >= 0 && dy >= 0 && dx < matrix.size && dy < matrix.size;
}

function perPixel(): number {
  return view.shownWindow.value.span / view.layout.value.matrix.size;
}

/** The place of the matrix under a point, or the nearest. */
function placeOf({ x, y }: Pixel): Point {
  const { matrix } = view.layout.value;
  const { x: left, y: top } = view.shownWindow.value;
  const within = (at: number): number => Math.min(Math.max(at, 0), matrix.size);
  return [
    left + within(x - matrix.x) * perPixel(),
    top + within(y - matrix.y) * perPixel(),
  ];
}

function pan(dx: number, dy: number): void {
  const { x, y, span } = view.shownWindow.value;
  moveTo({ x: x + dx * perPixel(), y: y + dy * perPixel(), span });
}

/** Draws the rectangle from a corner on, unless Escape has ended it. */
function stretch(from: Point, to: Point, isFirst: boolean): void {
  const [tree, cut] = [view.tree.value, view.placedCut.value];
  if (!tree || !cut || (!isFirst && !dragged.value)) return;
  dragged.value = rectangle(tree, cut, from, to);
}

/** Listens on the map; returns what stops it. */
export function listen(map: HTMLElement): () => void {
  let gesture: Gesture<Point> = IDLE;
  // What was selected before each of the last two clicks.
  let before: Selection[] = [];

  const point = (event: MouseEvent): Pixel => {
    const box = map.getBoundingClientRect();
    const { type, buttons } = event;
    const isHeld =
      type === "pointerup" || (type === "pointermove" && buttons > 0);
    return {
      x: folded(event.clientX - box.left, isHeld),
      y: event.clientY - box.top + view.pageFrame.value.map.y,
    };
  };

  const onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const at = point(event);
    if (event.shiftKey) {
      pan(event.deltaX * lines, event.deltaY * lines);
      return;
    }
    // Pinching on a touchpad arrives as a wheel with the control key.
    const strength = event.ctrlKey ? 0.01 : 0.002;
    zoomAbout(Math.exp(event.deltaY * lines * strength), ...placeOf(at));
  };

  const onDown = (event: PointerEvent): void => {
    if (event.button > 1) return;
    const at = point(event);
    // Fingers move the map, as everywhere.
    const moves =
      event.pointerType === "touch" || event.shiftKey || event.button === 1;
    const corner = !moves && isOverMatrix(at) ? placeOf(at) : null;
    gesture = press(gesture, event.pointerId, at, corner);
    cancelDrag();
  };

  const onMove = (event: PointerEvent): void => {
    const now = point(event);
    const next = move(gesture, event.pointerId, now);
    gesture = next.gesture;
    if (!next.move) return;
    if (next.move.kind === "hover") {
      const hit = hitOf(event, now);
      view.hover.value = hit && { ...hit, ...now };
      return;
    }
    if (next.move.isFirst) map.setPointerCapture(event.pointerId);
    view.hover.value = null;
    switch (next.move.kind) {
      case "rectangle":
        stretch(next.move.from, placeOf(now), next.move.isFirst);
        break;
      case "pinch":
        zoomAbout(next.move.factor, ...placeOf(next.move.middle));
        pan(-next.move.dx, -next.move.dy);
        break;
      case "pan":
        pan(-next.move.dx, -next.move.dy);
    }
  };

  const onUp = (event: PointerEvent): void => {
    const ended = release(gesture, event.pointerId);
    if (!ended) return;
    gesture = ended.gesture;
    const [box, tree] = [dragged.value, view.tree.value];
    if (box && tree) {
      view.selection.value = selectionOf(tree, box);
      cancelDrag();
    }
    if (!ended.isClick || event.button !== 0) return;
    const hit = hitOf(event, point(event));
    if (!hit) return;
    before = [...before.slice(-1), view.selection.value];
    view.selection.value = choiceOf(hit);
  };

  const onCancel = (event: PointerEvent): void => {
    gesture = release(gesture, event.pointerId)?.gesture ?? gesture;
    cancelDrag();
  };

  const onDouble = (event: MouseEvent): void => {
    const hit = hitOf(event, point(event));
    if (!hit) return;
    // A rectangle that was clicked twice is what was meant.
    const [drawn, tree] = [before[0], view.tree.value];
    const isIn =
      drawn?.box &&
      tree &&
      hit.columns !== null &&
      isWithin(tree, chosenOn("rows", drawn), hit.rows) &&
      isWithin(tree, chosenOn("columns", drawn), hit.columns);
    if (isIn) view.selection.value = drawn;
    zoomTo(isIn ? drawn : choiceOf(hit));
  };

  const onLeave = (): void => {
    view.hover.value = null;
  };

  const stop = new AbortController();
  const on = <Type extends keyof HTMLElementEventMap>(
    type: Type,
    listener: (event: HTMLElementEventMap[Type]) => void,
  ): void =>
    map.addEventListener(type, listener, {
      signal: stop.signal,
      passive: false,
    });
  on("wheel", onWheel);
  on("pointerdown", onDown);
  on("pointermove", onMove);
  on("pointerup", onUp);
  on("pointercancel", onCancel);
  on("dblclick", onDouble);
  on("pointerleave", onLeave);
  return () => stop.abort();
}
