/** The arrow by which a group of the trees is closed and opened. */

import { batch } from "@preact/signals";
import type { JSX } from "preact";
import {
  type Axis,
  collapsedAncestor,
  foldOf,
  toggle,
} from "../../hierarchy/cuts.ts";
import type { Cut } from "../../hierarchy/groups.ts";
import { isAsymmetric } from "../../hierarchy/groups.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import * as view from "../../state/all.ts";
import { folds } from "../../state/folds.ts";
import { announce } from "../../ui/announcement.ts";
import { plural } from "../../ui/format.ts";

/**
 * Closes a divided group, opens one that is not; `alone` leaves the other axis.
 */
export function toggleFold(node: number, axis: Axis, alone: boolean): void {
  const [tree, level] = [view.tree.value, view.levelNodes.value];
  if (!tree || !level) return;
  const before = folds.value;
  batch(() => {
    folds.value = toggle(tree, level, before, node, { axis, alone });
    view.hover.value = null;
  });
  if (folds.value === before) return;
  const holder = collapsedAncestor(tree, nodesOn(axis), node);
  const what =
    holder === null
      ? `${tree.names[node]} expanded`
      : `${tree.names[holder]} collapsed`;
  announce(`${what}: ${sizeInWords(view.cut.value!)}`);
}

/** How many rows, and how many columns where they are not as many. */
export function sizeInWords(cut: Cut): string {
  const rows = plural(cut.nodes.length, "row", "rows");
  if (!isAsymmetric(cut)) return rows;
  return `${rows} × ${plural(cut.columns.nodes.length, "column", "columns")}`;
}

function nodesOn(axis: Axis): Int32Array {
  const cut = view.cut.value!;
  return (axis === "rows" ? cut : cut.columns).nodes;
}

/** What the arrow of a node would do now. */
export function foldHere(
  tree: Tree,
  node: number,
  axis: Axis,
): "open" | "close" | null {
  return view.cut.value && foldOf(tree, nodesOn(axis), node);
}

export function isClosed(tree: Tree, node: number, axis: Axis): boolean {
  return folds.value[axis].closed.has(tree.ids[node]!);
}

const RIGHT = "M-2.5 -4L3 0L-2.5 4Z";
const DOWN = "M-4 -2.5L4 -2.5L0 3Z";
/** Across: what a pointer needs. */
export const ARROW = 14;

/** Seen while its group is pointed at, or closed. Keys do without it. */
export function FoldArrow(props: {
  tree: Tree;
  node: number;
  axis: Axis;
  /** Its middle, in pixels of the page. */
  x: number;
  y: number;
}): JSX.Element | null {
  const { tree, node, axis, x, y } = props;
  const fold = foldHere(tree, node, axis);
  if (!fold) return null;
  const stop = (event: Event): void => event.stopPropagation();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the node has the keys
    <g
      class={isClosed(tree, node, axis) ? "fold closed" : "fold"}
      transform={`translate(${x} ${y})`}
      data-fold={node}
      onPointerDown={stop}
      onDblClick={stop}
      onClick={(event) => {
        stop(event);
        toggleFold(node, axis, event.shiftKey);
      }}
    >
      <rect
        class="reach"
        x={-ARROW / 2}
        y={-ARROW / 2}
        width={ARROW}
        height={ARROW}
      />
      <path d={fold === "open" ? RIGHT : DOWN} />
    </g>
  );
}
