/** Where everything stands, from the size of the page. All in CSS pixels. */

import { names, sideBars, ticks, tree } from "../ui/drawing.ts";

/** How many matrices there are, and so who has the room. */
export type Arrangement = "one" | "twins" | "multiples";

export interface Layout {
  width: number;
  height: number;
  /** Narrow pages have no row labels and a smaller panel. */
  compact: boolean;
  panel: { x: number; width: number };
  /** The area between top bar and caption. */
  map: { y: number; width: number; height: number };
  matrix: { x: number; y: number; size: number };
  /** How far right of the matrix a second one stands, 0 where there is none. */
  sideBySide: number;
  /** Left edges of the three columns of the left tree, and the last right. */
  columns: readonly [number, number, number, number];
  /** Upper edges of the three rows of the top tree, and the last lower. */
  rows: readonly [number, number, number, number];
  rowLabels: RowLabelColumns | null;
  ticks: { x: number; width: number; y: number; height: number };
  /**
   * The *other* column and row: how thick each is, 0 where there are none.
   */
  remainder: { x: number; y: number; width: number; size: number };
  rightBars: { x: number; width: number };
  lowerBars: { y: number; height: number };
  caption: { y: number };
  timeline: { y: number; height: number };
}

export interface RowLabelColumns {
  x: number;
  nameWidth: number;
  recall: number;
  leader: number;
}

/** Bar of choices, and the sentence below it. */
const TOP_BAR = 56;
/** Upper edge of the top tree. */
export const TOP = 62;
/** Upper edge of a matrix without names above it. */
const MATRIX_TOP = 117;
const STRIP = 104;
/** Height that everything but the matrix takes. */
const OTHERS = 264;
/** Right of the matrix: a gap, the side bars, a gap. */
const RIGHT = sideBars.rightGap + sideBars.width + 12;
const LEAST_LEFT = 180;
/** Of the page, which scrolls in lower windows; base.css has it as well. */
export const LEAST_HEIGHT = 520;

/** Thickness of the *other* row and column, with a gap. */
export const REMAINDER = 20;
/** How much wider the column is where its numbers have signs. */
const SIGNED = 1.6;
const OTHER_GAP = 4;

/** Height of the names of columns above a zoomed matrix. */
export const HEADROOM = 84;

/** Rows that the upper tree has beside the names of columns. */
export const ROWS_WITH_NAMES = 2;
/** Height of the lines from the names of columns to their places. */
export const COLUMN_LEADER = 16;
/** Free height above and below those names. */
export const NAMES_GAP = 8;
/** Lengths that names have room for: three layouts, whatever the names. */
const [SHORT, USUAL, LONG] = [27, 51, 75];

/**
 * Height that names of columns need above the whole matrix.
 *
 * @param longest the width of the longest name
 * @param rows how many rows of the upper tree stay
 * @param spare what the columns can do without
 */
export function headroomForNames(
  longest: number,
  rows: number,
  spare: number,
): number {
  const free = MATRIX_TOP - ticks.above - TOP - tree.row * rows;
  const heightOf = (length: number): number =>
    COLUMN_LEADER + NAMES_GAP + length - free;
  if (longest <= SHORT) return heightOf(SHORT);
  const hasLong = longest > USUAL && heightOf(LONG) <= spare;
  return heightOf(hasLong ? LONG : USUAL);
}

export interface TreeParts {
  /** Rows of the upper tree that stay beside names of columns. */
  rows?: number;
  /** Widths that the left tree needs, if it has less than three columns. */
  columns?: readonly [first: number, second: number] | undefined;
}

/**
 * @param headroom height given to the names of columns, up to `HEADROOM`
 * @param other thickness given to the *other* row and column, up to `OTHER`
 * @param isSigned whether the numbers in that column have signs
 * @param trees which parts of the trees there are
 */
export function layoutFor(
  width: number,
  height: number,
  headroom = 0,
  arrangement: Arrangement = "one",
  other = 0,
  isSigned = false,
  { rows: treeRows = ROWS_WITH_NAMES, columns }: TreeParts = {},
): Layout {
  const compact = width < 1200;
  const rows = rowsOf(headroom, treeRows);
  if (arrangement !== "one")
    return withoutPanel(width, height, headroom, other, rows);
  const across = isSigned ? other * SIGNED : other;
  const panelWidth = compact
    ? 264
    : Math.round(Math.min(Math.max(340, width * 0.236), 440));
  const panelX = width - panelWidth;
  const size = Math.max(
    200,
    Math.min(
      height - OTHERS - headroom - other,
      panelX - RIGHT - LEAST_LEFT - across,
    ),
  );
  const x = Math.max(LEAST_LEFT, panelX - RIGHT - size - across);
  const y = MATRIX_TOP + headroom;
  return {
    width,
    height,
    compact,
    panel: { x: panelX, width: panelWidth },
    map: { y: TOP_BAR, width: panelX, height: height - 124 - TOP_BAR },
    matrix: { x, y, size },
    sideBySide: 0,
    ...leftOf(x, columns),
    rows,
    ticks: ticksOf(x, y),
    remainder: besides(x + size, y + size, across, other),
    rightBars: {
      x: x + size + sideBars.rightGap + across,
      width: sideBars.width,
    },
    lowerBars: lowerBarsOf(y + size + other),
    caption: { y: height - 124 },
    timeline: { y: height - STRIP, height: STRIP },
  };
}

function ticksOf(x: number, y: number): Layout["ticks"] {
  const { left, above, width, height } = ticks;
  return { x: x - left, width, y: y - above, height };
}

function lowerBarsOf(y: number): Layout["lowerBars"] {
  return { y: y + sideBars.belowGap, height: sideBars.height };
}

/**
 * The group that fills a zoomed matrix needs no row of its own, nor do groups
 * that have names between tree and matrix.
 */
function rowsOf(headroom: number, treeRows: number): Layout["rows"] {
  const row = (at: number): number => TOP + tree.row * at;
  return headroom > 0
    ? [TOP, TOP, row(Math.min(1, treeRows)), row(treeRows)]
    : [TOP, row(1), row(2), row(3)];
}

function besides(
  x: number,
  y: number,
  across: number,
  down: number,
): Layout["remainder"] {
  const thick = (room: number): number => Math.max(0, room - OTHER_GAP);
  return {
    x: x + OTHER_GAP,
    y: y + OTHER_GAP,
    width: thick(across),
    size: thick(down),
  };
}

/** Between two matrices, and height of the line that names them. */
const TWIN_GAP = 20;
const TWIN_HEAD = 18;

/** Two matrices of equal size; the panel folds away for them. */
function withoutPanel(
  width: number,
  height: number,
  headroom: number,
  other: number,
  rows: Layout["rows"],
): Layout {
  const size = Math.max(
    160,
    Math.min(
      height - OTHERS - TWIN_HEAD - headroom - other,
      ((width - LEAST_LEFT - TWIN_GAP - 12) >> 1) - other,
    ),
  );
  const x = Math.max(LEAST_LEFT, width - 12 - TWIN_GAP - 2 * (size + other));
  const y = MATRIX_TOP + TWIN_HEAD + headroom;
  return {
    width,
    height,
    compact: width < 1200,
    panel: { x: width, width: 0 },
    map: { y: TOP_BAR, width, height: height - 124 - TOP_BAR },
    matrix: { x, y, size },
    sideBySide: size + other + TWIN_GAP,
    ...withoutNames(x),
    rows: rows.map((row) => row + TWIN_HEAD) as unknown as Layout["rows"],
    ticks: ticksOf(x, y),
    remainder: besides(x + size, y + size, other, other),
    rightBars: { x: width - 8, width: 0 },
    lowerBars: lowerBarsOf(y + size + other),
    caption: { y: height - 124 },
    timeline: { y: height - STRIP, height: STRIP },
  };
}

/** Least room left of a matrix for a tree of any depth, names and numbers. */
export const ROOMY_LEFT = 360;
/** Left edge of the tree where there is no room to spare. */
const LEFT = 12;
/** Widths of names beside rows: no farther from their numbers, and no less. */
const [MOST_NAMES, LEAST_NAMES] = [150, 80];
/** Width of the numbers beside them. */
const RECALL = 31;

type Left = Pick<Layout, "columns" | "rowLabels">;

/** Shares the width left of the matrix between tree columns and row labels. */
function leftOf(x: number, needed: TreeParts["columns"]): Left {
  const leader = x - ticks.left - names.leader;
  const recall = leader - names.recallToLeader;
  const spare = Math.max(0, Math.min((x - 388) >> 1, 60));
  const deep = [tree.firstColumn, 80 + spare, 66 + spare] as const;
  // The tree stands beside the names, wherever the matrix is.
  for (const widths of needed ? [needed, deep] : [deep]) {
    const [one, two, three = 0] = widths;
    const width = one + two + three;
    const beside = recall - RECALL - names.afterTree - width;
    const first = Math.max(LEFT, beside - MOST_NAMES);
    const nameWidth = beside - first;
    if (nameWidth < LEAST_NAMES) continue;
    const end = first + width;
    return {
      columns: [first, first + one, end - three, end],
      rowLabels: { x: end + names.afterTree, recall, leader, nameWidth },
    };
  }
  return withoutNames(x);
}

/** The tree has all the width. */
function withoutNames(x: number): Left {
  const right = x - ticks.left;
  const next = LEFT + tree.firstColumn;
  const second = Math.round(next + (Math.min(right, 350) - next) * 0.575);
  return { columns: [LEFT, next, second, right], rowLabels: null };
}

/** Width of what stands above a tree, with an axis name beside it. */
const CORNER = 332;

/** Left edge of what stands above the tree. */
export function cornerOf({ columns, matrix }: Layout): number {
  return Math.min(columns[0], Math.max(LEFT, matrix.x - CORNER));
}

/** Side of the small matrix beside a zoomed one. */
export function minimapSide(compact: boolean): number {
  return compact ? 84 : 112;
}

/** Pixels as an element's style takes them. */
export function px(values: Record<string, number>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, `${value}px`]),
  );
}
