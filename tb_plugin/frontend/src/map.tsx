/** The map: one canvas for trees, matrix and side bars, texts above it. */

import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { arrangement } from "./compare.ts";
import {
  changeScale,
  changes,
  comparing,
  mismatch,
  names,
  other,
  twin,
} from "./compared.ts";
import { CursorArea } from "./cursorarea.tsx";
import { bars } from "./filtering.ts";
import { Gutter } from "./gutter.tsx";
import { HoverMarks } from "./hover.tsx";
import { boxesOf } from "./icicle.ts";
import { px } from "./layout.ts";
import { Legend } from "./legend.tsx";
import { drawMatrix } from "./matrix/draw.ts";
import type { Frame } from "./matrix/frame.ts";
import { listen } from "./matrix/pointer.ts";
import { leastRatio } from "./matrix/ratio.ts";
import { drawSurround } from "./matrix/surround.ts";
import { Notice } from "./notice.tsx";
import { others, partial } from "./others.ts";
import { Rubber } from "./rubber.tsx";
import { BarsHead } from "./sidenames.tsx";
import { palette } from "./theme.ts";
import { MapLabels } from "./trees.tsx";
import * as view from "./view.ts";

function currentFrame(): Frame | null {
  const tree = view.tree.value;
  const [cut, placed] = [view.cut.value, view.placedCut.value];
  if (!tree || !cut || !placed) return null;
  const [epoch, cells, scale] = [
    view.epoch.value,
    view.cells.value,
    view.scale.value,
  ];
  const isHidden = mismatch.value !== null && arrangement.value === "one";
  return {
    ...{ tree, cut, placed },
    layout: view.layout.value,
    palette: palette.value,
    window: view.shownWindow.value,
    selection: view.marked.value,
    boxes: {
      left: boxesOf(tree, view.columns.value),
      top: boxesOf(tree, view.topRows.value),
    },
    ticks: { rows: view.gutterNodes.value, columns: view.columnNodes.value },
    outlines: view.outlines.value,
    isCollapsed: view.isCollapsed.value,
    data: epoch && cells && scale && !isHidden ? { epoch, cells, scale } : null,
    showsDiagonal: view.show.value === "all",
    others: others.value,
    blocks: partial.value?.shownBlocks() ?? null,
    partial: partial.value,
    bars: bars.value,
    isTwin: false,
    change:
      comparing.value && changes.value && changeScale.value && other.value
        ? {
            changes: changes.value,
            scale: changeScale.value,
            sums: other.value.sums,
            by: comparing.value,
          }
        : null,
  };
}

let measured = 0;

/** What benchmarks read: the first matrix, and every epoch drawn. */
function measure(isDrawn: boolean): void {
  const step = view.drawnStep.value;
  if (!isDrawn || step === measured) return;
  if (measured === 0) performance.mark("blocks:first-matrix");
  measured = step;
  const since = performance.getEntriesByName("blocks:step").at(-1)?.startTime;
  if (since === undefined) return;
  performance.measure("blocks:matrix", { start: since, detail: { step } });
  performance.clearMarks("blocks:step");
}

function draw(canvas: HTMLCanvasElement, frame: Frame): void {
  const ratio = Math.max(window.devicePixelRatio || 1, leastRatio.peek());
  const { width, height, y } = frame.layout.map;
  const [across, down] = [
    Math.round(width * ratio),
    Math.round(height * ratio),
  ];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
  }
  const context = canvas.getContext("2d");
  if (!context) return;
  context.setTransform(ratio, 0, 0, ratio, 0, -y * ratio);
  context.clearRect(0, y, width, height);
  drawSurround(context, frame);
  drawMatrix(context, frame, ratio);
  const compared = comparing.peek();
  if (frame.layout.twin && compared) {
    const second = compared.twinFrame(frame, twin.peek());
    drawSurround(context, second);
    drawMatrix(context, second, ratio);
  }
  measure(frame.data !== null);
}

export function MatrixMap(): JSX.Element {
  const map = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => listen(map.current!), []);
  useEffect(() => {
    let request = 0;
    let next: Frame | null = null;
    const stop = effect(() => {
      leastRatio.value;
      twin.value;
      next = currentFrame();
      request ||= requestAnimationFrame(() => {
        request = 0;
        if (next && canvas.current) draw(canvas.current, next);
      });
    });
    return () => {
      stop();
      cancelAnimationFrame(request);
    };
  }, []);
  const { map: area, matrix } = view.layout.value;
  const [compared, part] = [comparing.value, partial.value];
  return (
    <div
      ref={map}
      class="map"
      data-testid="map"
      style={px({ top: area.y, width: area.width, height: area.height })}
    >
      <canvas
        ref={canvas}
        data-testid="matrix"
        role="img"
        aria-label={label()}
        style={px({ width: area.width, height: area.height })}
      />
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: the trees in it have names */}
      <svg
        class={view.moving.value ? "labels moving" : "labels"}
        viewBox={`0 ${area.y} ${area.width} ${area.height}`}
        width={area.width}
        height={area.height}
      >
        <MapLabels />
        <Gutter />
        {part && <part.ColumnNames />}
      </svg>
      {compared && <compared.TwinTitles />}
      <CursorArea />
      <Rubber />
      <HoverMarks />
      {part && <part.Locator />}
      {compared && changes.value ? <compared.ChangeLegend /> : <Legend />}
      <BarsHead />
      {compared && <compared.Mismatch />}
      <Notice
        left={matrix.x}
        top={matrix.y - area.y}
        width={matrix.size}
        height={matrix.size}
      />
    </div>
  );
}

function label(): string {
  const current = view.epoch.value;
  if (!current) return "Confusion matrix, nothing to show";
  if (changes.value) {
    return (
      `Difference of two confusion matrices, ${names.value.other} minus ` +
      `${names.value.shown}, of ${current.total} samples, ` +
      `epoch ${view.drawnStep.value}`
    );
  }
  return (
    `Confusion matrix of ${current.total} samples, ${current.errors} errors, ` +
    `epoch ${view.drawnStep.value}`
  );
}
