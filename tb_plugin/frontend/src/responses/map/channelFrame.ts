/** What is drawn: the channels of a layer, in the rows of the tree. */

import { computed } from "@preact/signals";
import { spanOf } from "../../hierarchy/selection.ts";
import { densityOf, packedRamp } from "../../layers/data/greys.ts";
import type { CellPainter, Frame } from "../../matrix/canvas/frame.ts";
import { leastRatio } from "../../matrix/canvas/pixelRatio.ts";
import type { Axis } from "../../matrix/canvas/rasterise.ts";
import * as view from "../../state/all.ts";
import type { Palette } from "../../ui/colours.ts";
import { responses } from "../data/loadMap.ts";
import { misfit } from "../data/loadResponses.ts";
import { shownOrder } from "../data/shownOrder.ts";
import { pixelsOf } from "./drawLikeness.ts";
import {
  addRows,
  type Pooled,
  poolColumns,
  poolRows,
  topOf,
} from "./poolChannels.ts";
import { frameOf, presenceIn } from "./presence.ts";

const sums = computed(() => presenceIn(responses.value));

interface Drawn {
  pooled: (side: number) => Pooled;
  top: number;
}

/** Where the ramp ends, whatever is zoomed to and in whatever order. */
export const drawnChannels = computed<Drawn | null>(() => {
  const [of, order] = [responses.value, shownOrder.value];
  const [tree, cut] = [view.tree.value, view.cut.value];
  if (!of || !order || !tree || !cut || misfit.value) return null;
  if (order.channels.length !== of.features) return null;
  const spans = Array.from(cut.nodes, (node) => spanOf(tree, node));
  let found: Pooled | null = null;
  const pooled = (side: number): Pooled => {
    // While the map moves, its columns stay as they are.
    const isRight = found?.width === side || view.moving.peek();
    if (!found || !isRight) {
      found = poolRows(columnsOf(of, order.channels, side), spans);
    }
    return found;
  };
  const ratio = Math.max(window.devicePixelRatio || 1, leastRatio.value);
  const side = Math.round(view.layout.peek().matrix.size * ratio);
  return { pooled, top: topOf(pooled(side)) };
});

let pooledOf: readonly unknown[] = [];
let kept = new Map<number, Pooled>();

/** Levels and zooms have the same columns. */
function columnsOf(
  of: Parameters<typeof poolColumns>[0],
  channels: Int32Array,
  side: number,
): Pooled {
  if (pooledOf[0] !== of || pooledOf[1] !== channels) {
    pooledOf = [of, channels];
    kept = new Map();
  }
  const found = kept.get(side) ?? poolColumns(of, channels, side);
  kept.set(side, found);
  return found;
}

export function currentFrame(): Frame | null {
  const drawn = drawnChannels.value;
  const frame = frameOf(
    sums.value,
    drawn &&
      (({ palette }) =>
        channelPainter(
          drawn.pooled,
          [drawn, view.moving.value],
          drawn.top,
          palette,
        )),
  );
  if (!frame) return null;
  const { rows, columns } = frame.selection;
  return {
    ...frame,
    selection: { rows: rows || columns, columns: 0 },
    boxes: { left: frame.boxes.left, top: [] },
    ticks: { rows: frame.ticks.rows, columns: new Int32Array(0) },
    outlines: [],
    showsDiagonal: true,
  };
}

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

function channelPainter(
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
        packedRamp(densityOf(palette)),
      ),
    drawNumbers: () => {},
    drawBars: () => {},
  };
}
