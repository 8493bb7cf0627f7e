/** Two matrices beside one another: what each is, and the second's comparisonNames. */

import type { JSX } from "preact";
import { type Epoch, f1, precision, recall } from "../confusion/cells.ts";
import type { Frame } from "../matrix/canvas/frame.ts";
import { IsMirrored } from "../matrix/labels/mirrored.ts";
import { sum } from "../matrix/labels/SideBarLabels.tsx";
import { TopTreeLabels } from "../matrix/labels/TreeLabels.tsx";
import { zoomedParts } from "../matrix/zoomed/lazyZoomed.ts";
import * as view from "../state/all.ts";
import { sideBySidePicture } from "../state/comparison/comparedDrawing.ts";
import {
  comparisonNames,
  isComparing,
  otherEpoch,
} from "../state/comparison/comparedEpoch.ts";
import { drawnRemainder } from "../state/comparison/drawnRemainder.ts";
import { px } from "../state/pageLayout.ts";
import { percent, plural } from "../ui/format.ts";

/** The frame of the matrix on the right: its own cells, all else the same. */
export function sideBySideFrame(frame: Frame): Frame {
  const { layout } = frame;
  const { matrix, ticks, remainder: rest, sideBySide: twin } = layout;
  return {
    ...frame,
    data: sideBySidePicture.peek(),
    remainder: frame.remainder?.sideBySide ?? null,
    blocks: null,
    isSecond: true,
    layout: {
      ...layout,
      matrix: { ...matrix, x: matrix.x + twin },
      ticks: { ...ticks, x: ticks.x + twin },
      remainder: { ...rest, x: rest.x + twin },
    },
  };
}

/** What stands above each of them: its name, and how the selection fares. */
export function SideBySideTitles(): JSX.Element | null {
  const { sideBySide: twin, matrix, map } = view.layout.value;
  if (!twin || !isComparing.value) return null;
  const { shown, other: there } = comparisonNames.value;
  const [tree, part] = [view.tree.value, zoomedParts.value];
  const title = (name: string, epoch: Epoch | null, left: number) => (
    <p
      class="twin"
      data-testid="twin-title"
      style={px({ left, top: 6, width: matrix.size })}
    >
      <span class="strong">{name}</span>
      <span class="label">{epoch ? wordsOn(epoch) : ""}</span>
    </p>
  );
  return (
    <>
      {title(shown, view.epoch.value, matrix.x)}
      {title(there, otherEpoch.value, matrix.x + twin)}
      <svg
        class={view.moving.value ? "labels moving again" : "labels again"}
        viewBox={`0 ${map.y} ${map.width} ${map.height}`}
        width={map.width}
        height={map.height}
        aria-hidden="true"
      >
        <IsMirrored.Provider value>
          <g transform={`translate(${twin} 0)`}>
            {tree && <TopTreeLabels tree={tree} />}
            {part && <part.ColumnLabels />}
            <OthersNames />
          </g>
        </IsMirrored.Provider>
      </svg>
    </>
  );
}

/** Left of the second one there is no room for the sum: it stands below. */
function OthersNames(): JSX.Element | null {
  const beside = drawnRemainder.value?.sideBySide;
  if (!beside?.columns) return null;
  const { matrix, remainder: rest } = view.layout.value;
  return (
    <g data-testid="twin-other">
      <text x={rest.x + rest.width} y={matrix.y - 6} class="end">
        other
      </text>
      <text x={matrix.x} y={rest.y + rest.size + 13}>
        other {beside.write(sum(beside.columns))}
      </text>
    </g>
  );
}

function wordsOn({ sums, errors, total }: Epoch): string {
  const tree = view.tree.value;
  const { rows, columns, box } = view.selection.value;
  if (!tree || rows === 0 || rows !== columns || box) {
    return `${percent(1 - errors / total)} right, ${plural(errors, "error", "errors")}`;
  }
  return (
    `${tree.names[rows]}: recall ${percent(recall(sums, rows))}, ` +
    `precision ${percent(precision(sums, rows))}, F1 ${percent(f1(sums, rows))}`
  );
}
