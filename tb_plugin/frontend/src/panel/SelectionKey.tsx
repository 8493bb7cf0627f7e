/** The selection's place in the matrix, with its bands: a key to its signs. */

import type { JSX } from "preact";
import {
  kindOf,
  placesIn,
  type Selection,
  type Span,
  spansOf,
} from "../hierarchy/selection.ts";
import { type Tree, totalClasses } from "../hierarchy/tree.ts";

const SIDE = 88;

export function SelectionKey({
  tree,
  selection,
}: {
  tree: Tree;
  selection: Selection;
}): JSX.Element {
  const perClass = SIDE / totalClasses(tree);
  const extent = (span: Span): [low: number, size: number] => {
    const [low, high] = placesIn(tree, span);
    return [low * perClass, Math.max((high - low) * perClass, 1)];
  };
  const box = spansOf(tree, selection);
  const [y, height] = extent(box.rows);
  const [x, width] = extent(box.columns);
  const kind = kindOf(selection);
  const [middleX, middleY] = [x + width / 2, y + height / 2];
  const isRight = middleX < SIDE * 0.66;
  const isBelow = middleY < SIDE * 0.66;
  return (
    <svg
      class="keymap"
      viewBox={`-0.5 -0.5 ${SIDE + 1} ${SIDE + 1}`}
      role="img"
      aria-label="Place of the selection in the matrix"
    >
      {kind !== "column band" && (
        <rect class="tint" x={0} y={y} width={SIDE} height={height} />
      )}
      {kind !== "row band" && (
        <rect class="tint" x={x} y={0} width={width} height={SIDE} />
      )}
      {!kind.endsWith("band") && (
        <rect class="block" x={x} y={y} width={width} height={height} />
      )}
      <rect class="frame" width={SIDE} height={SIDE} />
      {kind === "group" && (
        <>
          <text
            x={isRight ? SIDE - 4 : 4}
            y={middleY}
            dy="0.36em"
            text-anchor={isRight ? "end" : "start"}
          >
            FN
          </text>
          <text
            x={Math.min(Math.max(middleX, 10), SIDE - 10)}
            y={isBelow ? SIDE - 5 : 12}
            text-anchor="middle"
          >
            FP
          </text>
        </>
      )}
    </svg>
  );
}
