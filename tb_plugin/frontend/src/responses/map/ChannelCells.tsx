/** The cells under the pointer: what it is on, and the channel that a click chooses. */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { spanOf } from "../../hierarchy/selection.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import { zoomTo } from "../../matrix/gestures/zoom.ts";
import * as view from "../../state/all.ts";
import { px } from "../../state/pageLayout.ts";
import { spreadsOver } from "../data/classMeans.ts";
import { chosenFeature, pointedFeature, responses } from "../data/loadMap.ts";
import { shownOrder } from "../data/shownOrder.ts";
import { columnsAt } from "./poolChannels.ts";

export interface Pointed {
  node: number;
  feature: number;
  /** How many channels share the pixel. */
  shared: number;
  /** In pixels of the map. */
  x: number;
  y: number;
}

export const pointedCell = signal<Pointed | null>(null);

/** The channel of a pixel that responds most to a row. */
export function featureAt(
  tree: Tree,
  node: number,
  x: number,
): { feature: number; shared: number } | null {
  const [of, order] = [responses.value, shownOrder.value];
  if (!of || !order) return null;
  const { size } = view.layout.value.matrix;
  const pixels = Math.round(size);
  const pixel = Math.min(Math.max(Math.floor(x), 0), pixels - 1);
  const [from, to] = columnsAt(pixel, pixels, of.features);
  let [best, most] = [order.channels[from]!, Number.NEGATIVE_INFINITY];
  for (let column = from; column < to; column++) {
    const feature = order.channels[column]!;
    const spreads = spreadsOver(of, feature, spanOf(tree, node));
    if (spreads > most) [best, most] = [feature, spreads];
  }
  return { feature: best, shared: to - from };
}

/** The group or class in the row at so many pixels. */
function rowAt(y: number): number | null {
  const cut = view.placedCut.value;
  if (!cut) return null;
  const { y: from, span } = view.shownWindow.value;
  const place = from + (y / view.layout.value.matrix.size) * span;
  let [low, high] = [0, cut.nodes.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (cut.edge[middle]! <= place) low = middle;
    else high = middle - 1;
  }
  return cut.nodes[low]!;
}

export function ChannelCells({ tree }: { tree: Tree }): JSX.Element {
  const { map, matrix } = view.layout.value;
  const cellOf = ({ offsetX, offsetY }: MouseEvent): Pointed | null => {
    const node = rowAt(offsetY);
    const found = node === null ? null : featureAt(tree, node, offsetX);
    if (node === null || !found) return null;
    return {
      node,
      ...found,
      x: matrix.x + offsetX,
      y: matrix.y - map.y + offsetY,
    };
  };
  const point = (to: Pointed | null): void => {
    pointedCell.value = to;
    pointedFeature.value = to?.feature ?? -1;
    view.hover.value = to && {
      rows: to.node,
      columns: null,
      x: Number.NaN,
      y: Number.NaN,
    };
  };
  // Fingers move the map, and a wheel zooms it: those go on to what is below.
  const isOurs = (event: PointerEvent): boolean => {
    const isMouse = event.pointerType !== "touch" && !event.shiftKey;
    if (isMouse) event.stopPropagation();
    return isMouse;
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the panel has the keys
    // biome-ignore lint/a11y/useKeyWithClickEvents: the lists choose the same
    <div
      class="cells"
      data-testid="channel-cells"
      style={px({
        left: matrix.x,
        top: matrix.y - map.y,
        width: matrix.size,
        height: matrix.size,
      })}
      onPointerMove={(event) => {
        if (isOurs(event)) point(cellOf(event));
      }}
      onPointerDown={isOurs}
      onPointerUp={isOurs}
      onPointerLeave={() => point(null)}
      onClick={(event) => {
        const cell = cellOf(event);
        if (cell) chosenFeature.value = cell.feature;
      }}
      onDblClick={(event) => {
        event.stopPropagation();
        const cell = cellOf(event);
        if (cell) zoomTo({ rows: cell.node, columns: cell.node });
      }}
    />
  );
}
