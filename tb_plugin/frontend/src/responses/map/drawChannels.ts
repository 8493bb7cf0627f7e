/** Draws responses into the cells: the greyer, the stronger. */

import type { CellPainter } from "../../matrix/canvas/frame.ts";
import type { Axis } from "../../matrix/canvas/rasterise.ts";
import type { Palette } from "../../ui/colours.ts";
import { packedRamp, pixelsOf } from "./drawLikeness.ts";
import { addRows, type Pooled } from "./poolChannels.ts";

/** @param of pooled to about as many columns as there are pixels */
export function rasteriseChannels(
  pixels: Uint32Array,
  side: number,
  of: Pooled,
  rows: Pick<Axis, "low" | "high" | "markHigh">,
  top: number,
  colours: Uint32Array,
): void {
  const down = pixelsOf(rows, side);
  const last = colours.length - 1;
  const { width } = of;
  const sums = new Float32Array(width);
  const column = Int32Array.from({ length: side }, (_, x) =>
    Math.floor((x * width) / side),
  );
  let before = -1;
  for (let y = 0; y < side; y++) {
    const [from, to] = [down.first[y]!, down.last[y]! + 1];
    const start = y * side;
    // Rows that are tall are drawn once.
    if (y > 0 && from === before && to === down.last[y - 1]! + 1) {
      pixels.copyWithin(start, start - side, start);
      continue;
    }
    before = from;
    sums.fill(0);
    const count = from < 0 ? 0 : addRows(of, from, to, sums);
    if (!count) {
      pixels.fill(0, start, start + side);
      continue;
    }
    const perValue = last / top / count;
    for (let x = 0; x < side; x++) {
      const shade = (sums[column[x]!]! * perValue + 0.5) | 0;
      pixels[start + x] = colours[Math.min(Math.max(shade, 0), last)]!;
    }
  }
}

export function channelPainter(
  pooled: (side: number) => Pooled,
  about: readonly unknown[],
  top: number,
  palette: Palette,
): CellPainter {
  return {
    about: [...about, top, palette],
    rasterise: (pixels, side, rows) =>
      rasteriseChannels(
        pixels,
        side,
        pooled(side),
        rows,
        top,
        packedRamp(palette),
      ),
    drawNumbers: () => {},
    drawBars: () => {},
  };
}
