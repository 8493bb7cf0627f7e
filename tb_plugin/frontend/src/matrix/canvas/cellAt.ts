/** The cell under a point of the matrix. */

import type { Cells } from "../../confusion/cells.ts";
import type { Cut, Groups } from "../../hierarchy/groups.ts";
import { groupAt } from "../../hierarchy/groups.ts";
import type { Window } from "../../state/all.ts";
import type { Layout } from "../../state/pageLayout.ts";

export interface Cell {
  row: number;
  column: number;
}

/** What cells can be caught: those that hold something. */
export type CaughtCells = Pick<Cells, "rowStart" | "column" | "diagonal">;

/** Small cells are caught from this many pixels away. */
const REACH = 3;
const SMALL = 4;

/** The cell under a point: the nearest that holds something, if small. */
export function cellAt(
  { matrix }: Layout,
  window: Window,
  cut: Cut,
  cells: CaughtCells | null,
  x: number,
  y: number,
): Cell | null {
  const { size } = matrix;
  const [dx, dy] = [x - matrix.x, y - matrix.y];
  if (dx < 0 || dy < 0 || dx >= size || dy >= size) return null;
  const perPixel = window.span / size;
  const across = window.x + dx * perPixel;
  const down = window.y + dy * perPixel;
  const exact = {
    row: groupAt(cut, down),
    column: groupAt(cut.columns, across),
  };
  const small = SMALL * perPixel;
  const isSmall =
    sizeOf(cut, exact.row) < small || sizeOf(cut.columns, exact.column) < small;
  if (!cells || !isSmall) return exact;

  const reach = REACH * perPixel;
  const last = groupAt(cut, down + reach);
  let nearest = exact;
  let least = reach * reach;
  for (let row = groupAt(cut, down - reach); row <= last; row++) {
    const offY = off(cut, row, down, small);
    const consider = (column: number): void => {
      const offX = off(cut.columns, column, across, small);
      const distance = offX * offX + offY * offY;
      if (distance <= least) {
        least = distance;
        nearest = { row, column };
      }
    };
    for (let k = cells.rowStart[row]!; k < cells.rowStart[row + 1]!; k++) {
      consider(cells.column[k]!);
    }
    if (cells.diagonal[row] !== 0) consider(row);
  }
  return nearest;
}

function sizeOf({ edge }: Groups, group: number): number {
  return edge[group + 1]! - edge[group]!;
}

/** How far a place is from the middle of a small group, or from a large one. */
function off(
  groups: Groups,
  group: number,
  place: number,
  small: number,
): number {
  const middle = groups.edge[group]! + sizeOf(groups, group) / 2;
  const inside = Math.max((sizeOf(groups, group) - small) / 2, 0);
  return Math.max(Math.abs(middle - place) - inside, 0);
}
