/** Turns what the pointer does on the map into changes of the view. */

import { pointable } from "../compared.ts";
import type { Axis } from "../cuts.ts";
import {
  blockAround,
  cancelDrag,
  dragged,
  errorsIn,
  isMeant,
  type Point,
  rectangle,
} from "../drag.ts";
import { boxesOf } from "../icicle.ts";
import { moveTo, zoomAbout, zoomTo } from "../motion.ts";
import { type Selection, selectionOf, spanOf } from "../selection.ts";
import { folded } from "../twinpointer.ts";
import {
  columnNodes,
  columns,
  epoch,
  gutterNodes,
  hover,
  layout,
  outlines,
  placedCut,
  placesOn,
  selection,
  show,
  shownWindow,
  topRows,
  tree,
} from "../view.ts";
import { cellAt } from "./pick.ts";

/** What is under a point: a cell or block, or a node of one of the trees. */
interface Hit {
  rows: number;
  /** Null on the trees, where rows is the node. */
  columns: number | null;
  /** The side bars stand for a band alone. */
  band?: "rows" | "columns";
}

function hitOf(event: Event, { x, y }: { x: number; y: number }): Hit | null {
  const named = (event.target as Element).closest("[data-node]");
  if (named)
    return { rows: Number(named.getAttribute("data-node")), columns: null };
  return hitAt(x, y);
}

function hitAt(x: number, y: number): Hit | null {
  const current = tree.value;
  const groups = placedCut.value;
  if (!current || !groups) return null;
  const place = layout.value;
  const { matrix } = place;
  const cell = cellAt(place, shownWindow.value, groups, pointable.value, x, y);
  if (cell) {
    return {
      rows: groups.nodes[cell.row]!,
      columns: groups.columns.nodes[cell.column]!,
    };
  }
  const { x: left, y: top, span } = shownWindow.value;
  const isBeside = y >= matrix.y && y < matrix.y + matrix.size;
  const isAbove = x >= matrix.x && x < matrix.x + matrix.size;
  const perPixel = span / matrix.size;
  const besides = place.other.size > 0 ? place.other : null;
  if (isBeside && (x < matrix.x || x >= (besides ?? place.rightBars).x)) {
    const at = top + (y - matrix.y) * perPixel;
    const hit = treeHit(at, x, place.columns, x >= place.ticks.x, true);
    return hit && x > matrix.x ? { ...hit, band: "rows" } : hit;
  }
  if (isAbove && (y < matrix.y || y >= (besides ?? place.lowerBars).y)) {
    const at = left + (x - matrix.x) * perPixel;
    const outer = y >= place.ticks.y;
    if (y > place.lowerBars.y + place.lowerBars.height) return null;
    const hit = treeHit(at, y, place.rows, outer, false);
    return hit && y > matrix.y ? { ...hit, band: "columns" } : hit;
  }
  return null;
}

function treeHit(
  place: number,
  across: number,
  bounds: readonly number[],
  isTick: boolean,
  isRow: boolean,
): Hit | null {
  const current = tree.value!;
  const placed = placesOn(isRow ? "rows" : "columns");
  const holds = (node: number): boolean =>
    placed(current.edge[current.start[node]!]!) <= place &&
    place < placed(current.edge[current.stop[node]!]!);
  if (isTick) {
    const nodes = isRow ? gutterNodes.value : columnNodes.value;
    const node = nodes.find(holds);
    return node === undefined ? null : { rows: node, columns: null };
  }
  const groups = isRow ? columns.value : topRows.value;
  const box = boxesOf(current, groups).find(
    ({ node, from, to }) =>
      holds(node) && across >= bounds[from]! && across < bounds[to]!,
  );
  return box ? { rows: box.node, columns: null } : null;
}

/**
 * What a click on it selects: a cell that is large enough to be meant, else the
 * block of groups around.
 */
function choiceOf({ rows, columns: across, band }: Hit): Selection {
  if (band === "rows") return { rows, columns: 0 };
  if (band === "columns") return { rows: 0, columns: rows };
  const cell = { rows, columns: across ?? rows };
  const current = tree.value;
  const all = epoch.value?.cells;
  if (across === null || !current || !all) return cell;
  const perClass = layout.value.matrix.size / shownWindow.value.span;
  const length = (node: number, axis: Axis): number => {
    const [from, to] = [current.start[node]!, current.stop[node]!].map(
      (position) => placesOn(axis)(current.edge[position]!),
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
    (row !== column || show.value === "errors");
  if (isMeant(tall, wide, isWhite)) return cell;
  return blockAround(current, all, outlines.value, row, column) ?? cell;
}

/** Pixels of movement that make a press a drag. */
const SLACK = 4;

type Pixel = { x: number; y: number };

function isOverMatrix({ x, y }: Pixel): boolean {
  const { matrix } = layout.value;
  const [dx, dy] = [x - matrix.x, y - matrix.y];
  return dx >= 0 && dy >= 0 && dx < matrix.size && dy < matrix.size;
}

/** Listens on the map; returns what stops it. */
export function listen(map: HTMLElement): () => void {
  const pressed = new Map<number, Pixel>();
  let hasMoved = false;
  /** Where a rectangle began; null while dragging moves the window. */
  let corner: Point | null = null;

  const point = (event: MouseEvent): Pixel => {
    const box = map.getBoundingClientRect();
    const { type, buttons } = event;
    const isHeld =
      type === "pointerup" || (type === "pointermove" && buttons > 0);
    return {
      x: folded(event.clientX - box.left, isHeld),
      y: event.clientY - box.top + layout.value.map.y,
    };
  };
  const perPixel = (): number =>
    shownWindow.value.span / layout.value.matrix.size;
  const placeOf = ({ x, y }: Pixel): [number, number] => {
    const { matrix } = layout.value;
    const { x: left, y: top } = shownWindow.value;
    const within = (at: number): number =>
      Math.min(Math.max(at, 0), matrix.size);
    return [
      left + within(x - matrix.x) * perPixel(),
      top + within(y - matrix.y) * perPixel(),
    ];
  };

  const onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    const { x, y } = point(event);
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    if (event.shiftKey) {
      pan(event.deltaX * lines, event.deltaY * lines);
      return;
    }
    // Pinching on a touchpad arrives as a wheel with the control key.
    const strength = event.ctrlKey ? 0.01 : 0.002;
    zoomAbout(Math.exp(event.deltaY * lines * strength), ...placeOf({ x, y }));
  };

  const pan = (dx: number, dy: number): void => {
    const { x, y, span } = shownWindow.value;
    moveTo({ x: x + dx * perPixel(), y: y + dy * perPixel(), span });
  };

  const onDown = (event: PointerEvent): void => {
    if (event.button > 1) return;
    const at = point(event);
    pressed.set(event.pointerId, at);
    hasMoved = pressed.size > 1;
    // Fingers move the map, as everywhere.
    const moves =
      event.pointerType === "touch" || event.shiftKey || event.button === 1;
    corner = !moves && isOverMatrix(at) ? placeOf(at) : null;
    cancelDrag();
  };

  const onMove = (event: PointerEvent): void => {
    const now = point(event);
    const before = pressed.get(event.pointerId);
    if (!before) {
      const hit = hitOf(event, now);
      hover.value = hit && { ...hit, ...now };
      return;
    }
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    if (!hasMoved && Math.hypot(dx, dy) < SLACK) return;
    if (!hasMoved) map.setPointerCapture(event.pointerId);
    const begins = !hasMoved;
    hasMoved = true;
    hover.value = null;
    if (corner && pressed.size === 1) {
      // Escape has ended it.
      if (!begins && !dragged.value) return;
      if (tree.value && placedCut.value) {
        const [from, to] = [corner, placeOf(now)];
        dragged.value = rectangle(tree.value, placedCut.value, from, to);
      }
      return;
    }
    if (pressed.size === 2) {
      const other = [...pressed].find(([id]) => id !== event.pointerId)![1];
      const apart = (p: Pixel): number =>
        Math.hypot(p.x - other.x, p.y - other.y);
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      zoomAbout(apart(before) / Math.max(apart(now), 1), ...placeOf(middle));
      pan(-dx / 2, -dy / 2);
    } else {
      pan(-dx, -dy);
    }
    pressed.set(event.pointerId, now);
  };

  const onUp = (event: PointerEvent): void => {
    if (!pressed.delete(event.pointerId)) return;
    const box = dragged.value;
    if (box && tree.value) {
      selection.value = selectionOf(tree.value, box);
      cancelDrag();
    }
    if (hasMoved || event.button !== 0) return;
    const hit = hitOf(event, point(event));
    if (hit) selection.value = choiceOf(hit);
  };

  const onCancel = (event: PointerEvent): void => {
    pressed.delete(event.pointerId);
    cancelDrag();
  };

  const onDouble = (event: MouseEvent): void => {
    const hit = hitOf(event, point(event));
    if (hit) zoomTo(choiceOf(hit));
  };

  const onLeave = (): void => {
    hover.value = null;
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
