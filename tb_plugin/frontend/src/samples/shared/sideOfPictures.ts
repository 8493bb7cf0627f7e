/** The side of pictures in the panel, as many of which stand in a row. */

import { pageFrame } from "../../state/all.ts";

export const ACROSS = 6;
const GAP = 6;
/** Around the row, in the panel. */
const BESIDE = 33;

export function sideOfPictures(): number {
  const room = pageFrame.value.panel.width - BESIDE;
  return Math.floor((room - GAP * (ACROSS - 1)) / ACROSS);
}
