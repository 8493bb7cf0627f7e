/** The map: the canvas of the confusion matrix, texts above it. */

import { computed, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { comparisonView } from "../comparison/lazyComparison.ts";
import type { Frame } from "../matrix/canvas/frame.ts";
import { CellCursor } from "../matrix/gestures/CellCursor.tsx";
import { dragged } from "../matrix/gestures/drag.ts";
import { listen } from "../matrix/gestures/pointer.ts";
import { Legend } from "../matrix/Legend.tsx";
import { RowLabels } from "../matrix/labels/RowLabels.tsx";
import { TreeLabels } from "../matrix/labels/TreeLabels.tsx";
import {
  currentGeometry,
  type DrawFrame,
  MatrixCanvas,
} from "../matrix/MatrixCanvas.tsx";
import { zoomedParts } from "../matrix/zoomed/lazyZoomed.ts";
import * as view from "../state/all.ts";
import { barsEnd } from "../state/comparison/barsEnd.ts";
import {
  chance,
  changeScale,
  changes,
  comparisonNames,
  inOrderOfChange,
  mismatch,
  otherEpoch,
} from "../state/comparison/comparedEpoch.ts";
import { arrangement, hidesChance } from "../state/comparison/comparison.ts";
import { drawnRemainder } from "../state/comparison/drawnRemainder.ts";
import { withinChance } from "../state/comparison/evidence.ts";
import { precisionWithinChance } from "../state/comparison/precisionChance.ts";
import { sideBars } from "../state/filters.ts";
import { px } from "../state/pageLayout.ts";
import { plural, whole } from "../ui/format.ts";
import { lazy } from "../ui/lazy.ts";
import { Notice } from "./Notice.tsx";

const dragging = lazy(
  () => import("../matrix/gestures/SelectionRectangle.tsx"),
);

function currentFrame(): Frame | null {
  // Drawn beside it, if there is one.
  view.compared.value?.picture.value;
  const geometry = currentGeometry();
  if (!geometry) return null;
  const [epoch, cells, scale] = [
    view.epoch.value,
    view.cells.value,
    view.scale.value,
  ];
  const [from, to] = inOrderOfChange(epoch, otherEpoch.value);
  const isHidden = mismatch.value !== null && arrangement.value === "one";
  return {
    ...geometry,
    data: epoch && cells && scale && !isHidden ? { epoch, cells, scale } : null,
    showsDiagonal: view.shownCells.value === "all",
    remainder: drawnRemainder.value,
    blocks: zoomedParts.value?.shownBlocks() ?? null,
    zoomedPainter: zoomedParts.value,
    bars: sideBars.value,
    painter:
      comparisonView.value &&
      changes.value &&
      chance.value &&
      changeScale.value &&
      from &&
      to
        ? comparisonView.value.changePainter({
            changes: changes.value,
            chance: chance.value,
            hidesChance: hidesChance.value,
            withinChance: withinChance.value,
            precisionWithinChance: precisionWithinChance.value,
            barsEnd: barsEnd.value,
            scale: changeScale.value,
            from: from.sums,
            to: to.sums,
          })
        : null,
  };
}

const tooltip = lazy(() => import("../matrix/Tooltip.tsx"));
const isPointed = computed(() => view.hover.value !== null);

/** What is said at the pointer: it comes when something is first pointed at. */
function Pointed(): JSX.Element | null {
  const part = isPointed.value ? tooltip() : null;
  return part && <part.Tooltip />;
}

const isDrawn = signal(false);

/** To fit names takes as long as to draw: at first the matrix comes before. */
function Names(): JSX.Element | null {
  if (!isDrawn.value) return null;
  return (
    <>
      <TreeLabels />
      <RowLabels />
    </>
  );
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

function drawn(frame: Frame, draw: DrawFrame): void {
  const compared = comparisonView.peek();
  if (frame.layout.sideBySide && compared) {
    draw(compared.sideBySideFrame(frame));
  }
  measure(frame.data !== null);
  if (!isDrawn.peek())
    setTimeout(() => {
      isDrawn.value = true;
    });
}

export function MatrixView(): JSX.Element {
  const rectangle = dragged.value && dragging();
  const map = useRef<HTMLDivElement>(null);
  useEffect(() => listen(map.current!), []);
  const { map: area, matrix } = view.layout.value;
  const [compared, part] = [comparisonView.value, zoomedParts.value];
  return (
    <div
      ref={map}
      class="map"
      data-testid="map"
      style={px({ top: area.y, width: area.width, height: area.height })}
    >
      <MatrixCanvas
        name="matrix"
        label={label()}
        frame={currentFrame}
        drawn={drawn}
      />
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: the trees in it have comparisonNames */}
      <svg
        class={view.moving.value ? "labels moving" : "labels"}
        viewBox={`0 ${area.y} ${area.width} ${area.height}`}
        width={area.width}
        height={area.height}
      >
        <Names />
        {part && <part.ColumnLabels />}
      </svg>
      {compared && <compared.SideBySideTitles />}
      <CellCursor />
      {rectangle && <rectangle.SelectionRectangle />}
      <Pointed />
      {part && <part.Minimap />}
      {compared && changes.value ? <compared.ChangeLegend /> : <Legend />}
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
      `Difference of two confusion matrices, ${comparisonNames.value.to} minus ` +
      `${comparisonNames.value.from}, of ${whole(current.total)} samples, ` +
      `epoch ${view.drawnStep.value}`
    );
  }
  return (
    `Confusion matrix of ${whole(current.total)} samples, ` +
    `${plural(current.errors, "error", "errors")}, ` +
    `epoch ${view.drawnStep.value}`
  );
}
