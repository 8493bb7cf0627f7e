/** The matrix, small: where the selection lies, and the sample in the panel. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Groups } from "../../hierarchy/groups.ts";
import {
  kindOf,
  placesIn,
  type Span,
  selectionOf,
  spansOf,
} from "../../hierarchy/selection.ts";
import { leafIndexAt, totalClasses } from "../../hierarchy/tree.ts";
import { leastRatio } from "../../matrix/canvas/pixelRatio.ts";
import { axisOf, rasterise } from "../../matrix/canvas/rasterise.ts";
import * as view from "../../state/all.ts";
import { px } from "../../state/pageLayout.ts";
import { whole } from "../../ui/format.ts";
import { inspectedSample } from "../detail/detailedSample.ts";
import { FALSE_NEGATIVE, FALSE_POSITIVE } from "../selection/sampleRoles.ts";
import { counts, facts } from "../selection/shownSamples.ts";

/** Levels whose groups are outlined. */
const OUTLINED = 2;
/** A press that moves less selects a cell, and no rectangle. */
const STILL = 3;

export function SampleMap({ side }: { side: number }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const press = useRef<{ x: number; y: number } | null>(null);
  const [cells, scale, cut] = [
    view.cells.value,
    view.scale.value,
    view.cut.value,
  ];
  const ratio = leastRatio.value;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !cells || !scale || !cut) return;
    const times = Math.max(devicePixelRatio, ratio);
    const device = Math.round(side * times);
    const image = new ImageData(device, device);
    const pixels = new Uint32Array(image.data.buffer);
    const perPlace = device / view.fullWindow().span;
    const axis = ({ edge }: Groups) => axisOf(edge, 0, perPlace, times);
    rasterise(pixels, device, cells, axis(cut), axis(cut.columns), scale);
    context.canvas.width = device;
    context.canvas.height = device;
    context.putImageData(image, 0, 0);
  }, [cells, scale, cut, side, ratio]);
  const at = (event: PointerEvent & { currentTarget: Element }) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  return (
    <div class="rail-map">
      <p class="label">
        <span>actual ↓</span>
        <span>predicted →</span>
      </p>
      <div
        class="locate"
        data-testid="rail-map"
        style={px({ width: side, height: side })}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          press.current = at(event);
        }}
        onPointerUp={(event) => {
          if (press.current) selectBetween(press.current, at(event), side);
          press.current = null;
        }}
      >
        <canvas
          ref={canvas}
          role="img"
          aria-label={`Matrix, ${whole(cells?.count.length ?? 0)} cells with errors`}
          style={px({ width: side, height: side })}
        />
        <Marks side={side} />
      </div>
    </div>
  );
}

interface Point {
  x: number;
  y: number;
}

function selectBetween(from: Point, to: Point, side: number): void {
  const tree = view.tree.value;
  if (!tree) return;
  const perPixel = totalClasses(tree) / side;
  const position = (pixel: number): number =>
    leafIndexAt(tree, Math.min(Math.max(pixel, 0), side - 0.01) * perPixel);
  const span = (a: number, b: number): Span => [
    position(Math.min(a, b)),
    position(Math.max(a, b)) + 1,
  ];
  const isStill = Math.hypot(to.x - from.x, to.y - from.y) < STILL;
  const end = isStill ? from : to;
  const box = { rows: span(from.y, end.y), columns: span(from.x, end.x) };
  view.selection.value = selectionOf(tree, box);
}

function Marks({ side }: { side: number }): JSX.Element | null {
  const tree = view.tree.value;
  if (!tree) return null;
  const perClass = side / totalClasses(tree);
  const extent = (span: Span): [low: number, size: number] => {
    const [low, high] = placesIn(tree, span);
    return [low * perClass, (high - low) * perClass];
  };
  const selection = view.selection.value;
  const kind = kindOf(selection);
  const box = spansOf(tree, selection);
  const [y, height] = extent(box.rows);
  const [x, width] = extent(box.columns);
  const hasBands = kind === "group" || kind.endsWith("band");
  const outlines = tree.levels.slice(0, -1).slice(0, OUTLINED);
  const [spot, here] = [inspectedSample.value, facts.value];
  return (
    <svg width={side} height={side} aria-hidden="true">
      {outlines.map(({ groups, nodes }, level) =>
        [...nodes].map((node) => {
          const [low, size] = extent([tree.start[node]!, tree.stop[node]!]);
          if (size < 6 * perClass) return null;
          const key = `${groups} ${node}`;
          const strong = level === 0 ? "outline first" : "outline";
          return (
            <rect
              key={key}
              class={strong}
              x={low}
              y={low}
              width={size}
              height={size}
            />
          );
        }),
      )}
      {hasBands && kind !== "column band" && (
        <rect class="tint" x={0} y={y} width={side} height={height} />
      )}
      {hasBands && kind !== "row band" && (
        <rect class="tint" x={x} y={0} width={width} height={side} />
      )}
      {kind !== "all" && !kind.endsWith("band") && (
        <rect
          class="block"
          x={x}
          y={y}
          width={Math.max(width, 3)}
          height={Math.max(height, 3)}
        />
      )}
      {spot !== null && here && (
        <circle
          cx={(tree.leafEdges[here.predictedLeaf[spot]!]! + 0.5) * perClass}
          cy={(tree.leafEdges[here.trueLeaf[spot]!]! + 0.5) * perClass}
          r={4.5}
        />
      )}
      {hasBands && kind !== "column band" && (
        <text
          class={x > side * 0.66 ? "start" : "end"}
          x={x > side * 0.66 ? 4 : side - 4}
          y={Math.min(Math.max(y + height / 2, 8), side - 8)}
        >
          {`FN ${whole(counts.value[FALSE_NEGATIVE] ?? 0)}`}
        </text>
      )}
      {hasBands && kind !== "row band" && (
        <text
          class="centre"
          x={Math.min(Math.max(x + width / 2, 28), side - 28)}
          y={y > side * 0.66 ? 10 : side - 8}
        >
          {`FP ${whole(counts.value[FALSE_POSITIVE] ?? 0)}`}
        </text>
      )}
    </svg>
  );
}
