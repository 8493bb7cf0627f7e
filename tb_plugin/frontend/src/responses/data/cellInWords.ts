/** Where in the picture a channel was averaged. */

import type { Channel, ChannelsAnswer } from "../../server/responsesAnswer.ts";

const ROWS = ["top", "middle", "bottom"];
const COLUMNS = ["left", "centre", "right"];

/** "bottom left" of what the layer was averaged over. */
export function cellInWords(
  cell: Channel["cell"],
  grid: ChannelsAnswer["grid"],
): string {
  if (!cell || !grid) return "";
  const word = (all: string[], at: number, of: number): string =>
    of < 2 ? "" : (all[of === 2 && at === 1 ? 2 : at] ?? "");
  const [row, column] = [
    word(ROWS, cell[0], grid[0]),
    word(COLUMNS, cell[1], grid[1]),
  ];
  return row === "middle" && column === "centre"
    ? "centre"
    : `${row} ${column}`.trim();
}

/** The channel that a feature is of, and where: "31 middle right". */
export function featureInWords(
  feature: number,
  features: number,
  grid: ChannelsAnswer["grid"],
): string {
  if (!grid) return `${feature}`;
  const [rows, columns] = grid;
  const channels = features / (rows * columns);
  const cell = Math.floor(feature / channels);
  const at: [number, number] = [Math.floor(cell / columns), cell % columns];
  return `${feature % channels} ${cellInWords(at, grid)}`.trim();
}
