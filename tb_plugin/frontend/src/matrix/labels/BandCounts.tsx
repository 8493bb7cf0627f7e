/** The counts at the ends of the bands of the selected group. */

import type { JSX } from "preact";
import type { Groups } from "../../hierarchy/groups.ts";
import { placesOf, type Tree } from "../../hierarchy/tree.ts";
import * as view from "../../state/all.ts";
import type { Layout } from "../../state/pageLayout.ts";
import { addStyle } from "../../ui/addStyle.ts";
import { numbersFrom } from "../../ui/drawing.ts";
import { whole } from "../../ui/format.ts";
import { measureAt } from "../../ui/textFitting.ts";
import { columnsOf, rowsOf } from "../canvas/frame.ts";
import { visible } from "../canvas/icicle.ts";
import style from "./bandCounts.css?inline";

addStyle(style);

const medium = measureAt(11, 500);

/** Half the height of a number, and half the width of a usual one. */
const [HALF_LINE, HALF_NUMBER] = [6, 10];

/** Whether a text would lie on the number of a cell, of which there may be one. */
function liesOnNumber(
  { matrix }: Layout,
  across: readonly [number, number],
  down: readonly [number, number],
): boolean {
  const cut = view.placedCut.value;
  if (!cut) return false;
  const { x, y, span } = view.settledWindow.value;
  const perPlace = matrix.size / span;
  const hasMiddleIn = (
    { edge }: Groups,
    [from, to]: readonly [number, number],
    first: number,
    offset: number,
  ): boolean => {
    const within = (place: number): number =>
      Math.min(Math.max((place - first) * perPlace, 0), matrix.size);
    for (let at = 0; at + 1 < edge.length; at++) {
      const [low, high] = [within(edge[at]!), within(edge[at + 1]!)];
      const middle = offset + (low + high) / 2;
      const isTold = high - low >= numbersFrom;
      if (isTold && middle > from && middle < to) return true;
    }
    return false;
  };
  const [left, right] = [across[0] - HALF_NUMBER, across[1] + HALF_NUMBER];
  const [top, bottom] = [down[0] - HALF_LINE, down[1] + HALF_LINE];
  return (
    hasMiddleIn(cut, [top, bottom], y, matrix.y) &&
    hasMiddleIn(cut.columns, [left, right], x, matrix.x)
  );
}

/** FN at the end of the row band, FP at the end of the column band. */
export function BandCounts({ tree }: { tree: Tree }): JSX.Element | null {
  const node = view.marked.value.rows && view.selectedGroup.value;
  const current = view.epoch.value;
  if (!node || !current) return null;
  const layout = view.layout.value;
  const { matrix } = layout;
  const frame = view.settledPlace.value;
  const places = placesOf(tree, node);
  const rows = visible(rowsOf(frame), ...places);
  const columns = visible(columnsOf(frame), ...places);
  const {
    support: actual,
    predictedCount: predicted,
    truePositives: inside,
  } = current.sums;
  const missed = `FN ${whole(actual[node]! - inside[node]!)}`;
  const wrong = `FP ${whole(predicted[node]! - inside[node]!)}`;
  const right = matrix.x + matrix.size;
  const bottom = matrix.y + matrix.size;
  const reach = medium(wrong) / 2;
  const middle = columns ? (columns[0] + columns[1]) / 2 : 0;
  // Not over the block itself, nor over the number of a cell.
  const besides =
    rows !== null &&
    columns !== null &&
    columns[1] < right - 50 &&
    !liesOnNumber(
      layout,
      [right - 6 - medium(missed), right - 6],
      [rows[0] + 3, rows[0] + 12],
    );
  const below =
    rows !== null &&
    rows[1] < bottom - 18 &&
    !liesOnNumber(
      layout,
      [middle - reach, middle + reach],
      [bottom - 17, bottom - 8],
    );
  return (
    <g class="bands" data-testid="band-counts">
      {rows && rows[1] - rows[0] >= 12 && besides && (
        <text class="end" x={right - 6} y={rows[0] + 12}>
          {missed}
        </text>
      )}
      {columns && columns[1] - columns[0] >= medium(wrong) + 4 && below && (
        <text class="centre" x={(columns[0] + columns[1]) / 2} y={bottom - 8}>
          {wrong}
        </text>
      )}
    </g>
  );
}
