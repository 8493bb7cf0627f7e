/** Two matrices beside one another: what each is, and the second's names. */

import type { JSX } from "preact";
import { Again } from "./again.ts";
import { isComparing, names, other } from "./compared.ts";
import { f1 } from "./confusions.ts";
import { type Epoch, precision, recall } from "./counts.ts";
import { recount } from "./filtering.ts";
import { makePicture } from "./filters.ts";
import { percent, plural } from "./format.ts";
import { px } from "./layout.ts";
import type { Frame } from "./matrix/frame.ts";
import { others, partial } from "./others.ts";
import { makeScale } from "./scale.ts";
import { sum } from "./sidenames.tsx";
import { palette } from "./theme.ts";
import { TopNames } from "./trees.tsx";
import * as view from "./view.ts";

/** The frame of the matrix on the right: its own cells, all else the same. */
export function twinFrame(frame: Frame, data: Frame["data"]): Frame {
  const { layout } = frame;
  const { matrix, ticks, other: rest, twin } = layout;
  return {
    ...frame,
    ...{ data, others: frame.others?.twin ?? null, blocks: null, isTwin: true },
    layout: {
      ...layout,
      matrix: { ...matrix, x: matrix.x + twin },
      ticks: { ...ticks, x: ticks.x + twin },
      other: { ...rest, x: rest.x + twin },
    },
  };
}

/** What the right one shows of an epoch, in the colours of the left. */
export function twinPicture(epoch: Epoch): Frame["data"] {
  const [tree, cut] = [view.tree.value, view.cut.value];
  const [left, filters] = [view.scale.value, view.filters.value];
  if (!tree || !cut || !left || !filters) return null;
  const errorsOnly = view.show.value === "errors";
  const { value, curve, low, high } = left;
  const own = makeScale(value, epoch.sums, cut, palette.value, {
    ...{ curve, errorsOnly },
  });
  const scale = { ...own, low, high };
  const place = { tree, cut, scale };
  const { shown } = makePicture(
    epoch.cells,
    place,
    filters,
    errorsOnly,
    recount.value?.other ?? epoch.cells,
  );
  return { epoch, cells: shown, scale };
}

/** What stands above each of them: its name, and how the selection fares. */
export function TwinTitles(): JSX.Element | null {
  const { twin, matrix, map } = view.layout.value;
  if (!twin || !isComparing.value) return null;
  const { shown, other: there } = names.value;
  const [tree, part] = [view.tree.value, partial.value];
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
      {title(there, other.value, matrix.x + twin)}
      <svg
        class={view.moving.value ? "labels moving again" : "labels again"}
        viewBox={`0 ${map.y} ${map.width} ${map.height}`}
        width={map.width}
        height={map.height}
        aria-hidden="true"
      >
        <Again.Provider value>
          <g transform={`translate(${twin} 0)`}>
            {tree && <TopNames tree={tree} />}
            {part && <part.ColumnNames />}
            <OthersNames />
          </g>
        </Again.Provider>
      </svg>
    </>
  );
}

/** Left of the second one there is no room for the sum: it stands below. */
function OthersNames(): JSX.Element | null {
  const beside = others.value?.twin;
  if (!beside?.columns) return null;
  const { matrix, other: rest } = view.layout.value;
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
