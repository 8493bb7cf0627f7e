/** Draws the rectangle that is being dragged, and says what is in it. */

import type { JSX } from "preact";
import { type Box, boxSizeInWords } from "../../hierarchy/selection.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import * as view from "../../state/all.ts";
import { px } from "../../state/pageLayout.ts";
import { addStyle } from "../../ui/addStyle.ts";
import { plural } from "../../ui/format.ts";
import { columnsOf, rowsOf } from "../canvas/frame.ts";
import { dragged, errorsIn } from "./drag.ts";
import style from "./selectionRectangle.css?inline";

addStyle(style);

/** @param inside what is said of a rectangle, in place of its errors */
export function SelectionRectangle({
  inside = errorsInside,
}: {
  inside?: (box: Box) => string;
}): JSX.Element | null {
  const box = dragged.value;
  const tree = view.tree.value;
  if (!box || !tree) return null;
  const frame = {
    layout: view.layout.value,
    window: view.shownWindow.value,
    axes: view.axes.value,
  };
  const [rows, columns] = [rowsOf(frame), columnsOf(frame)];
  const { map, matrix } = frame.layout;
  const within = (at: number, low: number): number =>
    Math.min(Math.max(at, low), low + matrix.size);
  const edge = (axis: "rows" | "columns", side: 0 | 1, low: number): number => {
    const at = (axis === "rows" ? rows : columns).at;
    return within(at(tree.leafEdges[box[axis][side]]!), low);
  };
  const left = edge("columns", 0, matrix.x);
  const top = edge("rows", 0, matrix.y);
  return (
    <div
      class="rubber"
      data-testid="rubber"
      style={px({
        left,
        top: top - map.y,
        width: edge("columns", 1, matrix.x) - left,
        height: edge("rows", 1, matrix.y) - top,
      })}
    >
      <span class={top - matrix.y < 20 ? "below" : ""}>
        {words(tree, box, inside(box))}
      </span>
    </div>
  );
}

function words(tree: Tree, box: Box, inside: string): string {
  const size = boxSizeInWords(tree, box);
  return inside ? `${size} · ${inside}` : size;
}

function errorsInside(box: Box): string {
  const cells = view.epoch.value?.cells;
  return cells ? plural(errorsIn(cells, box).count, "error", "errors") : "";
}
