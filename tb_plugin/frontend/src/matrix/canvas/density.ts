/** How large marks are: as large as leaves room between them. */

import type { Cells } from "../../confusion/cells.ts";

/** A mark has 2 pixels, but 1 where marks of 2 would cover everything. */
export function leastMark(cells: Cells, share: number, side: number): 1 | 2 {
  return 4 * cells.count.length * share * share > side * side ? 1 : 2;
}

/** Opacity of the first of several weak marks on a pixel, and of each more. */
const FIRST = 0x66000000;
const MORE = 0x26;

/** A pixel that holds `below` after one more weak mark: the denser, the more. */
export function densened(below: number, colour: number): number {
  const hue = colour & 0x00ffffff;
  if (below === 0) return hue | FIRST;
  const opacity = Math.min((below >>> 24) + MORE, 0xff);
  return hue | (opacity << 24);
}
