/** The pointer over the second of two matrices. */

import { signal } from "@preact/signals";
import { layout } from "../../state/all.ts";

/** How far right of the first matrix the pointer is: 0, or over the second. */
export const pointedOffset = signal(0);

/**
 * A point over the second matrix as one over the first.
 *
 * @param isHeld while a button is: a drag stays with the matrix it began on
 */
export function folded(x: number, isHeld: boolean): number {
  const { sideBySide: twin, remainder: other } = layout.value;
  const isOver = twin > 0 && x >= other.x + other.width + 4;
  if (!isHeld || !twin) pointedOffset.value = isOver ? twin : 0;
  return x - pointedOffset.value;
}
