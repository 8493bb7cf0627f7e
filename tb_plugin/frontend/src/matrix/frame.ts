/** What one drawing of the map needs, and pixels for places. */

import type { Blocks } from "../blocks.ts";
import type { Changes } from "../changes.ts";
import type * as comparing from "../comparing.ts";
import type { Cells, Cut, Epoch, Sums } from "../counts.ts";
import type { ChangeScale } from "../diverging.ts";
import type { Bars } from "../filtering.ts";
import type { Projection, TreeBox } from "../icicle.ts";
import type { Layout } from "../layout.ts";
import type { Others } from "../others.ts";
import type * as partial from "../partial.ts";
import type { Scale } from "../scale.ts";
import type { Selection } from "../selection.ts";
import type { Palette } from "../theme.ts";
import type { Tree } from "../tree.ts";
import { placesOn, type Window } from "../view.ts";

export interface Frame {
  layout: Layout;
  palette: Palette;
  tree: Tree;
  cut: Cut;
  /** The same with edges in places of the axes. */
  placed: Cut;
  window: Window;
  selection: Selection;
  boxes: { left: TreeBox[]; top: TreeBox[] };
  ticks: { rows: Int32Array; columns: Int32Array };
  /** Rows of groups to outline, coarse to fine. */
  outlines: Int32Array[];
  isCollapsed: boolean;
  /** Null while the epoch cannot be shown. */
  data: { epoch: Epoch; cells: Cells; scale: Scale } | null;
  showsDiagonal: boolean;
  /** What is left out of each row and column, null where nothing is. */
  others: Others | null;
  /** Sums of sub-blocks, once zoomed to a group. */
  blocks: Blocks | null;
  /** How both are drawn, once that has come. */
  partial: Pick<
    typeof partial,
    "drawGrid" | "drawOthers" | "drawTotals"
  > | null;
  bars: Bars;
  /** Whether it stands right of another: the trees at the left are there. */
  isTwin: boolean;
  /** In a comparison: what changed, the other epoch's sums, how it is drawn. */
  change: {
    changes: Changes;
    scale: ChangeScale;
    sums: Sums;
    by: Pick<
      typeof comparing,
      "rasteriseChanges" | "drawChangeNumbers" | "drawChangeBars"
    >;
  } | null;
}

/** What pixels for places depend on. */
type Place = Pick<Frame, "layout" | "window">;

export function rowsOf({ layout, window }: Place): Projection {
  const { y, size } = layout.matrix;
  return projection(y, size, window.y, window, placesOn("rows"));
}

export function columnsOf({ layout, window }: Place): Projection {
  const { x, size } = layout.matrix;
  return projection(x, size, window.x, window, placesOn("columns"));
}

function projection(
  low: number,
  size: number,
  from: number,
  { span }: Window,
  placed: (place: number) => number,
): Projection {
  const perPlace = size / span;
  return {
    at: (place) => low + (placed(place) - from) * perPlace,
    low,
    high: low + size,
  };
}

export function withAlpha(hex: string, alpha: number): string {
  const byte = Math.round(alpha * 255);
  return hex + byte.toString(16).padStart(2, "0");
}
