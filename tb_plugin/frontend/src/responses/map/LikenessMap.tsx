/** The correlation of the classes, in the place and order of the matrix. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Box } from "../../hierarchy/selection.ts";
import type { Frame } from "../../matrix/canvas/frame.ts";
import { listen } from "../../matrix/gestures/pointer.ts";
import { SelectionRectangle } from "../../matrix/gestures/SelectionRectangle.tsx";
import { RowLabels } from "../../matrix/labels/RowLabels.tsx";
import { BothTrees } from "../../matrix/labels/TreeLabels.tsx";
import { currentGeometry, MatrixCanvas } from "../../matrix/MatrixCanvas.tsx";
import { zoomedParts } from "../../matrix/zoomed/lazyZoomed.ts";
import type { ResponsesAnswer } from "../../server/responsesAnswer.ts";
import * as view from "../../state/all.ts";
import { px } from "../../state/pageLayout.ts";
import { isolated } from "../../ui/format.ts";
import { inWords, meanBetween, meansOf, spanOf } from "../data/likeness.ts";
import {
  answered,
  likeness,
  misfit,
  problem,
  told,
} from "../data/loadResponses.ts";
import { likenessPainter, MOST } from "./drawLikeness.ts";
import { LayerSlider } from "./LayerSlider.tsx";
import { NothingYet } from "./NothingYet.tsx";
import { PairTooltip } from "./PairTooltip.tsx";
import { presenceIn } from "./presence.ts";

const means = computed(() => {
  const [of, tree, cut] = [likeness.value, view.tree.value, view.cut.value];
  return of && tree && cut ? meansOf(of, tree, cut, cut.columns) : null;
});

const sums = computed(() => presenceIn(likeness.value));

function currentFrame(): Frame | null {
  const geometry = currentGeometry();
  if (!geometry) return null;
  const [epoch, cells, scale] = [
    view.epoch.value,
    view.cells.value,
    view.scale.value,
  ];
  const isThere = epoch && cells && scale && sums.value && means.value;
  return {
    ...geometry,
    data: isThere
      ? { epoch: { ...epoch, sums: sums.value! }, cells, scale }
      : null,
    showsDiagonal: false,
    remainder: null,
    blocks: null,
    zoomedPainter: null,
    bars: "rates",
    painter: isThere
      ? likenessPainter(
          means.value!,
          geometry.cut.columns.nodes.length,
          geometry.palette,
        )
      : null,
  };
}

function drawn({ painter }: Frame): void {
  if (painter) performance.mark("blocks:responses");
}

/** How alike the classes of a group are. */
function alikeWithin(node: number): string {
  const [of, tree] = [likeness.value, view.tree.value];
  if (!of || !tree) return "";
  const span = spanOf(tree, node);
  return inWords(meanBetween(of, span, span));
}

/** How alike the rows of a rectangle and its columns are. */
function alikeBetween({ rows, columns }: Box): string {
  const { value: of } = likeness;
  const mean = of ? inWords(meanBetween(of, rows, columns)) : "";
  return mean && `alike ${mean}`;
}

/** What the map is called. */
export function alikeInWords({
  name,
  mean,
}: Pick<ResponsesAnswer, "name" | "mean">): string {
  const average = mean === null ? "" : `, on average ${inWords(mean)}`;
  return `Correlation of the classes at ${isolated(name)}${average}`;
}

export function LikenessMap(): JSX.Element {
  const map = useRef<HTMLDivElement>(null);
  useEffect(() => listen(map.current!), []);
  const { map: area } = view.pageFrame.value;
  const found = answered.value?.found;
  const [tree, part] = [view.tree.value, zoomedParts.value];
  const why = problem.value ?? misfit.value;
  return (
    <div
      ref={map}
      class="map responses"
      data-testid="responses"
      style={px({ top: area.y, width: area.width, height: area.height })}
    >
      <MatrixCanvas
        name="likeness"
        label={
          found && !why
            ? alikeInWords(found)
            : "Correlation of the classes, nothing to show"
        }
        frame={currentFrame}
        drawn={drawn}
      />
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: the trees in it have names */}
      <svg
        class={view.moving.value ? "labels moving" : "labels"}
        viewBox={`0 ${area.y} ${area.width} ${area.height}`}
        width={area.width}
        height={area.height}
      >
        {tree && <BothTrees tree={tree} />}
        <RowLabels number={alikeWithin} />
        <Heads />
        {part && <part.ColumnLabels />}
      </svg>
      <SelectionRectangle inside={alikeBetween} />
      <PairTooltip />
      {told.value && (
        <LayerSlider of={told.value} ends={["0", `${MOST} alike`]} />
      )}
      {(why || !found) && (
        <NothingYet why={why} awaited="Comparing the classes" />
      )}
    </div>
  );
}

/** What the columns beside the rows are. */
function Heads(): JSX.Element | null {
  const { rowLabels: gutter, matrix } = view.layout.value;
  // A class is no pair.
  if (!gutter || view.rowLabelsAreClasses.value) return null;
  const top = matrix.y - 6;
  return (
    <g class="axes">
      <text x={gutter.recall} y={top} class="end">
        alike
      </text>
    </g>
  );
}
