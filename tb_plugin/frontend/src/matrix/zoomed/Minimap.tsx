/** The whole matrix, small, with a frame around what is shown. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Groups } from "../../hierarchy/groups.ts";
import * as view from "../../state/all.ts";
import { minimapSide, px, TOP } from "../../state/pageLayout.ts";
import { leastRatio } from "../canvas/pixelRatio.ts";
import { axisOf, rasterise } from "../canvas/rasterise.ts";
import { glideTo } from "../gestures/zoom.ts";

export function Minimap(): JSX.Element | null {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { columns, map, compact } = view.layout.value;
  const [cells, scale, cut] = [
    view.cells.value,
    view.scale.value,
    view.placedCut.value,
  ];
  const isThere = view.showsMinimap.value && cells && scale && cut;
  const side = minimapSide(compact);
  const ratio = leastRatio.value;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!isThere || !context) return;
    const device = Math.round(side * Math.max(devicePixelRatio, ratio));
    const image = new ImageData(device, device);
    const pixels = new Uint32Array(image.data.buffer);
    const perPlace = device / view.fullWindow().span;
    const axis = ({ edge }: Groups) => axisOf(edge, 0, perPlace, 0.5);
    rasterise(pixels, device, cells, axis(cut), axis(cut.columns), scale);
    context.canvas.width = device;
    context.canvas.height = device;
    context.putImageData(image, 0, 0);
  }, [isThere, cells, scale, cut, side, ratio]);
  if (!isThere) return null;
  const full = view.fullWindow().span;
  const { x, y, span } = view.shownWindow.value;
  const pixel = (place: number): number => (place * side) / full;
  return (
    <button
      type="button"
      class="locator"
      data-testid="locator"
      aria-label="Show all classes"
      style={px({
        left: columns[0],
        top: TOP - map.y,
        width: side,
        height: side,
      })}
      onClick={() => glideTo(view.fullWindow())}
    >
      <canvas ref={canvas} style={px({ width: side, height: side })} />
      <span
        style={px({
          left: pixel(x) - 1,
          top: pixel(y) - 1,
          width: pixel(span) + 2,
          height: pixel(span) + 2,
        })}
      />
    </button>
  );
}
