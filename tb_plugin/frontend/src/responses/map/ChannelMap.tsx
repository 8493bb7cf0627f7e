/** The channels of a layer by the classes, in the place of the matrix. */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { spanOf } from "../../hierarchy/selection.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import { type Fact, FactBox } from "../../matrix/FactBox.tsx";
import { zoomTo } from "../../matrix/gestures/zoom.ts";
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
import { ColumnParts } from "./ColumnParts.tsx";
import { currentFrame, drawnChannels } from "./channelFrame.ts";
import { columnsAt } from "./poolChannels.ts";
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

interface Pointed {
  node: number;
  feature: number;
  /** How many channels share the pixel. */
  shared: number;
  /** In pixels of the map. */
  x: number;
  y: number;
}

const pointedCell = signal<Pointed | null>(null);

/** The channel of a pixel that responds most to a row. */
function featureAt(
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

function ChannelCells({ tree }: { tree: Tree }): JSX.Element {
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
