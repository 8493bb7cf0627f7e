/** What is drawn: the channels of a layer, in the rows of the tree. */

import { computed } from "@preact/signals";
import type { Frame } from "../../matrix/canvas/frame.ts";
import { leastRatio } from "../../matrix/canvas/pixelRatio.ts";
import { currentGeometry } from "../../matrix/MatrixCanvas.tsx";
import * as view from "../../state/all.ts";
import { spanOf } from "../data/likeness.ts";
import { responses } from "../data/loadMap.ts";
import { misfit } from "../data/loadResponses.ts";
import { shownOrder } from "../data/shownOrder.ts";
import { channelPainter } from "./drawChannels.ts";
import { type Pooled, poolColumns, poolRows, topOf } from "./poolChannels.ts";
import { presenceIn } from "./presence.ts";

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
  const geometry = currentGeometry();
  if (!geometry) return null;
  const [epoch, cells, scale] = [
    view.epoch.value,
    view.cells.value,
    view.scale.value,
  ];
  const drawn = drawnChannels.value;
  const isThere = epoch && cells && scale && sums.value && drawn;
  const { rows, columns } = geometry.selection;
  return {
    ...geometry,
    selection: { rows: rows || columns, columns: 0 },
    boxes: { left: geometry.boxes.left, top: [] },
    ticks: { rows: geometry.ticks.rows, columns: new Int32Array(0) },
    outlines: [],
    data: isThere
      ? { epoch: { ...epoch, sums: sums.value! }, cells, scale }
      : null,
    showsDiagonal: true,
    remainder: null,
    blocks: null,
    zoomedPainter: null,
    bars: "rates",
    painter: isThere
      ? channelPainter(
          drawn.pooled,
          [drawn, view.moving.value],
          drawn.top,
          geometry.palette,
        )
      : null,
  };
}
