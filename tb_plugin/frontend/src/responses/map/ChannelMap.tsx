/** The channels of a layer by the classes, in the place of the matrix. */

import type { JSX } from "preact";
import { spanOf } from "../../hierarchy/selection.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import { type Fact, FactBox } from "../../matrix/FactBox.tsx";
import { RowLabels } from "../../matrix/labels/RowLabels.tsx";
import { LeftTree } from "../../matrix/labels/TreeLabels.tsx";
import * as view from "../../state/all.ts";
import { px } from "../../state/pageLayout.ts";
import { isolated, plain, plural, signed } from "../../ui/format.ts";
import { featureInWords } from "../data/cellInWords.ts";
import { spreadsOver } from "../data/classMeans.ts";
import {
  channelGroups,
  chosenFeature,
  meansProblem,
  pointedFeature,
  responses,
  shownNodes,
} from "../data/loadMap.ts";
import {
  asked,
  channels,
  group,
  layerAnswer,
  misfit,
  problem,
} from "../data/loadResponses.ts";
import {
  type Piece,
  sentenceOfGroup,
  sentenceOfLayer,
} from "../data/sentence.ts";
import { shownOrder } from "../data/shownOrder.ts";
import { ChannelCells, type Pointed, pointedCell } from "./ChannelCells.tsx";
import { ColumnParts } from "./ColumnParts.tsx";
import { currentFrame, drawnChannels } from "./channelFrame.ts";
import { ResponsesMap } from "./ResponsesMap.tsx";

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

function factsOf(tree: Tree, at: Pointed): Fact[] {
  const [of, groups] = [responses.value, channelGroups.value];
  if (!of) return [];
  const grid = groups?.grid ?? null;
  const spreads = spreadsOver(of, at.feature, spanOf(tree, at.node));
  const facts: Fact[] = [
    ["", tree.names[at.node]!, true],
    ["channel", featureInWords(at.feature, of.features, grid)],
    [
      "mean",
      Number.isNaN(spreads)
        ? "no samples"
        : `${signed(spreads, 1)} sd from its mean`,
    ],
  ];
  const place = groups?.channels.indexOf(at.feature) ?? -1;
  if (place >= 0) {
    const node = shownNodes.value[groups!.nodes[place]!] ?? 0;
    facts.push(["tells best", isolated(tree.names[node]!)]);
  } else if (groups) facts.push(["tells best", "none beyond chance"]);
  if (at.shared > 1) {
    const others = plural(at.shared - 1, "other channel", "other channels");
    facts.push(["beside it", `${others} in this pixel`]);
  }
  return facts;
}

function ChannelTooltip({ tree }: { tree: Tree }): JSX.Element | null {
  const at = pointedCell.value;
  if (!at || view.moving.value) return null;
  return <FactBox facts={factsOf(tree, at)} x={at.x} y={at.y} />;
}

function pieces(): Piece[] {
  const [tree, of] = [view.tree.value, channelGroups.value];
  if (!tree || !of || misfit.value) return [];
  const node = group.value;
  if (!node) return sentenceOfLayer(tree, of, shownNodes.value);
  const got = channels.value;
  const isOfIt = got?.of === asked.value && got.found;
  return isOfIt ? sentenceOfGroup(tree, node, got.found!) : [];
}

function Sentence(): JSX.Element | null {
  const all = pieces();
  if (!all.length) return null;
  const { matrix, panel } = view.layout.value;
  return (
    <p
      class="sentence"
      data-testid="sentence"
      style={px({ left: matrix.x, top: 2, width: panel.x - matrix.x - 12 })}
    >
      {all.map((piece) =>
        typeof piece === "string" ? (
          piece
        ) : (
          <button
            key={piece.node}
            type="button"
            class="link"
            onClick={() => view.select(piece.node)}
          >
            {piece.name}
          </button>
        ),
      )}
    </p>
  );
}
