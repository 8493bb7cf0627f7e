/** What the pointer is on: a class or group, and a channel. */

import type { JSX } from "preact";
import { spanOf } from "../../hierarchy/selection.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import { type Fact, FactBox } from "../../matrix/FactBox.tsx";
import * as view from "../../state/all.ts";
import { isolated, plural, signed } from "../../ui/format.ts";
import { featureInWords } from "../data/cellInWords.ts";
import { spreadsOver } from "../data/classMeans.ts";
import { channelGroups, responses, shownNodes } from "../data/loadMap.ts";
import { type Pointed, pointedCell } from "./ChannelCells.tsx";

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

export function ChannelTooltip({ tree }: { tree: Tree }): JSX.Element | null {
  const at = pointedCell.value;
  if (!at || view.moving.value) return null;
  return <FactBox facts={factsOf(tree, at)} x={at.x} y={at.y} />;
}
