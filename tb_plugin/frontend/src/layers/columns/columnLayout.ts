/** Where the rows and columns of the view stand, from the room there is. */

export interface Columns {
  /** Width of what stands before the columns. */
  gutter: number;
  /** From one column to the next, and width of one. */
  pitch: number;
  width: number;
  side: number;
  plot: number;
}

export interface Rows {
  layers: number;
  /** Levels of the map; 0 without probes. */
  levels: number;
  matrices: number;
}

export const GAP = 7;
/** Height of a row of the map, the gap included. */
export const CELL = 26;
export const HEAD = 20;
/** Above matrices and curves. */
export const ABOVE = 22;
/** The least side of a matrix, and the most. */
const [LEAST, MOST] = [96, 168];
/** The least height of the curves, and the most, alone and below matrices. */
const [LEAST_PLOT, MOST_PLOT, ALONE] = [84, 180, 320];
const [GUTTER, COMPACT] = [158, 136];
const RIGHT = 8;

export function columnsFor(
  room: { width: number; height: number; isCompact: boolean },
  { layers, levels, matrices }: Rows,
): Columns {
  const gutter = room.isCompact ? COMPACT : GUTTER;
  const across = (room.width - gutter - RIGHT) / layers - GAP;
  const width = Math.floor(Math.min(Math.max(across, LEAST), MOST));
  const fixed = HEAD + levels * CELL + (matrices + 1) * ABOVE;
  const down = room.height - fixed;
  const fitting = (down - LEAST_PLOT) / Math.max(matrices, 1);
  const side = Math.floor(Math.min(width, Math.max(fitting, LEAST)));
  const left = down - matrices * side;
  const most = matrices ? MOST_PLOT : ALONE;
  const plot = Math.floor(Math.min(Math.max(left, LEAST_PLOT), most));
  return { gutter, pitch: width + GAP, width, side, plot };
}
