/** What the pointer is on: a class or group, and a channel. */

import type { JSX } from "preact";
import type { Tree } from "../../hierarchy/tree.ts";
import style from "../../matrix/tooltip.css?inline";
import * as view from "../../state/all.ts";
import { px } from "../../state/pageLayout.ts";
import { addStyle } from "../../ui/addStyle.ts";
import { isolated, plural, signed } from "../../ui/format.ts";
import { measureAt } from "../../ui/textFitting.ts";
import { featureInWords } from "../data/cellInWords.ts";
import { spreadsOver } from "../data/classMeans.ts";
import { spanOf } from "../data/likeness.ts";
import { channelGroups, responses, shownNodes } from "../data/loadMap.ts";
import { type Pointed, pointedCell } from "./ChannelCells.tsx";

addStyle(style);

const measure = measureAt(12, 500);
const OFFSET = 14;

function factsOf(tree: Tree, at: Pointed): [string, string][] {
  const [of, groups] = [responses.value, channelGroups.value];
  if (!of) return [];
  const grid = groups?.grid ?? null;
  const spreads = spreadsOver(of, at.feature, spanOf(tree, at.node));
  const facts: [string, string][] = [
    ["", tree.names[at.node]!],
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
  const facts = factsOf(tree, at);
  const { map, matrix } = view.layout.value;
  const width = Math.max(200, ...facts.map(([, text]) => 98 + measure(text)));
  const height = 14 + 17 * facts.length;
  const isLeft = at.x + OFFSET + width > matrix.x + matrix.size + 50;
  const left = isLeft ? at.x - OFFSET - width : at.x + OFFSET;
  const isAbove = at.y + OFFSET + height > map.height;
  return (
    <dl
      class="tooltip"
      data-testid="tooltip"
      style={px({
        left: Math.max(4, left),
        top: isAbove ? at.y - OFFSET - height : at.y + OFFSET,
        width,
      })}
    >
      {facts.map(([term, text]) => (
        <div key={term + text}>
          <dt>{term}</dt>
          <dd class={term ? "" : "strong"}>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
