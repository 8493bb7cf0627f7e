/** The channels of a layer by the classes, in the place of the matrix. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Frame } from "../../matrix/canvas/frame.ts";
import { listen } from "../../matrix/gestures/pointer.ts";
import { RowLabels } from "../../matrix/labels/RowLabels.tsx";
import { LeftTree } from "../../matrix/labels/TreeLabels.tsx";
import { MatrixCanvas } from "../../matrix/MatrixCanvas.tsx";
import * as view from "../../state/all.ts";
import { px } from "../../state/pageLayout.ts";
import { isolated, plain, plural, signed } from "../../ui/format.ts";
import { featureInWords } from "../data/cellInWords.ts";
import { spreadsOver } from "../data/classMeans.ts";
import { spanOf } from "../data/likeness.ts";
import {
  chosenFeature,
  meansProblem,
  pointedFeature,
  responses,
} from "../data/loadMap.ts";
import { layerAnswer, misfit, problem, told } from "../data/loadResponses.ts";
import { shownOrder } from "../data/shownOrder.ts";
import { ChannelCells } from "./ChannelCells.tsx";
import { ChannelTooltip } from "./ChannelTooltip.tsx";
import { ColumnParts } from "./ColumnParts.tsx";
import { currentFrame, drawnChannels } from "./channelFrame.ts";
import { LayerSlider } from "./LayerSlider.tsx";
import { NothingYet } from "./NothingYet.tsx";
import { Sentence } from "./Sentence.tsx";

function drawn({ painter }: Frame): void {
  if (painter) performance.mark("blocks:responses");
}

/** The channel that the numbers beside the rows are of. */
function shownFeature(): number {
  return pointedFeature.value >= 0 ? pointedFeature.value : chosenFeature.value;
}

function spreadsBeside(node: number): string {
  const [of, tree, feature] = [
    responses.value,
    view.tree.value,
    shownFeature(),
  ];
  if (!of || !tree || feature < 0 || feature >= of.features) return "";
  const spreads = spreadsOver(of, feature, spanOf(tree, node));
  return Number.isNaN(spreads) ? "" : signed(spreads, 1);
}

export function ChannelMap(): JSX.Element {
  const map = useRef<HTMLDivElement>(null);
  useEffect(() => listen(map.current!), []);
  const { map: area } = view.pageFrame.value;
  const [tree, of] = [view.tree.value, layerAnswer.value];
  const why =
    misfit.value ??
    (responses.value ? null : (problem.value ?? meansProblem.value));
  const isDrawn = drawnChannels.value !== null && !why;
  const top = drawnChannels.value?.top ?? 1;
  return (
    <div
      ref={map}
      class="map responses"
      data-testid="responses"
      style={px({ top: area.y, width: area.width, height: area.height })}
    >
      <MatrixCanvas
        name="channel-map"
        label={
          isDrawn && of
            ? `${plural(of.features, "channel", "channels")} of ${isolated(of.name)} by the classes of the tree`
            : "Channels by classes, nothing to show"
        }
        frame={currentFrame}
        drawn={drawn}
      />
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: the tree in it has a name */}
      <svg
        class={view.moving.value ? "labels moving" : "labels"}
        viewBox={`0 ${area.y} ${area.width} ${area.height}`}
        width={area.width}
        height={area.height}
      >
        {tree && <LeftTree tree={tree} />}
        <RowLabels number={spreadsBeside} />
        <Heads />
        {tree && isDrawn && <ColumnParts tree={tree} />}
      </svg>
      {tree && isDrawn && <ChannelCells tree={tree} />}
      {tree && isDrawn && <ChannelTooltip tree={tree} />}
      <Sentence />
      {told.value && (
        <LayerSlider of={told.value} ends={["0", `${plain(top, 1)} sd`]} />
      )}
      {(why || !isDrawn) && (
        <NothingYet why={why} awaited="Reading the channels" />
      )}
    </div>
  );
}

/** What the numbers beside the rows are. */
function Heads(): JSX.Element | null {
  const { rowLabels: gutter, matrix } = view.layout.value;
  const [of, feature] = [layerAnswer.value, shownFeature()];
  if (!gutter || !of) return null;
  const top = matrix.y - 6;
  const isShown = feature >= 0 && shownOrder.value !== null;
  return (
    <g class="axes">
      {isShown && (
        <text x={gutter.recall} y={top} class="end" data-testid="row-numbers">
          channel {featureInWords(feature, of.features, of.grid)}
        </text>
      )}
    </g>
  );
}
