/** The channels of a layer by the classes, in the place of the matrix. */

import type { JSX } from "preact";
import { spanOf } from "../../hierarchy/selection.ts";
import { RowLabels } from "../../matrix/labels/RowLabels.tsx";
import { LeftTree } from "../../matrix/labels/TreeLabels.tsx";
import * as view from "../../state/all.ts";
import { isolated, plain, plural, signed } from "../../ui/format.ts";
import { featureInWords } from "../data/cellInWords.ts";
import { spreadsOver } from "../data/classMeans.ts";
import {
  chosenFeature,
  meansProblem,
  pointedFeature,
  responses,
} from "../data/loadMap.ts";
import { layerAnswer, misfit, problem } from "../data/loadResponses.ts";
import { shownOrder } from "../data/shownOrder.ts";
import { ChannelCells } from "./ChannelCells.tsx";
import { ChannelTooltip } from "./ChannelTooltip.tsx";
import { ColumnParts } from "./ColumnParts.tsx";
import { currentFrame, drawnChannels } from "./channelFrame.ts";
import { ResponsesMap } from "./ResponsesMap.tsx";
import { Sentence } from "./Sentence.tsx";

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
  const [tree, of] = [view.tree.value, layerAnswer.value];
  const why =
    misfit.value ??
    (responses.value ? null : (problem.value ?? meansProblem.value));
  const isDrawn = drawnChannels.value !== null && !why;
  const top = drawnChannels.value?.top ?? 1;
  return (
    <ResponsesMap
      name="channel-map"
      label={
        isDrawn && of
          ? `${plural(of.features, "channel", "channels")} of ${isolated(of.name)} by the classes of the tree`
          : "Channels by classes, nothing to show"
      }
      frame={currentFrame}
      labels={
        <>
          {tree && <LeftTree tree={tree} />}
          <RowLabels number={spreadsBeside} />
          <Heads />
          {tree && isDrawn && <ColumnParts tree={tree} />}
        </>
      }
      end={`${plain(top, 1)} sd`}
      why={why}
      awaited={isDrawn ? "" : "Reading the channels"}
    >
      {tree && isDrawn && <ChannelCells tree={tree} />}
      {tree && isDrawn && <ChannelTooltip tree={tree} />}
      <Sentence />
    </ResponsesMap>
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
