/** The finding of a layer in one sentence; silent where there is none. */

import type { Tree } from "../../hierarchy/tree.ts";
import type {
  ChannelGroupsAnswer,
  ChannelsAnswer,
} from "../../server/responsesAnswer.ts";
import { inPercent, isolated, plural, whole } from "../../ui/format.ts";
import { cellInWords } from "./cellInWords.ts";

/** Plain words, or a group that they link to. */
export type Piece = string | { node: number; name: string };

/** Groups that the sentence names. */
const NAMED = 2;

/** How many channels tell each group, the most first. */
export function countsByGroup(
  { nodes }: Pick<ChannelGroupsAnswer, "nodes">,
  shownNodes: ArrayLike<number>,
): [node: number, count: number][] {
  const counts = new Map<number, number>();
  for (const logged of nodes) {
    const node = shownNodes[logged] ?? 0;
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

export function sentenceOfLayer(
  tree: Tree,
  of: Pick<ChannelGroupsAnswer, "nodes" | "features" | "name">,
  shownNodes: ArrayLike<number>,
): Piece[] {
  const found = of.nodes.length;
  if (!found) return [];
  const tell = found === 1 ? "tells" : "tell";
  const all = `${whole(found)} of ${plural(of.features, "channel", "channels")} of ${isolated(of.name)} ${tell} a group of the tree from the rest`;
  const counts = countsByGroup(of, shownNodes);
  if (counts.length === 1) {
    const node = counts[0]![0];
    return [`${all}: `, { node, name: tree.names[node]! }, "."];
  }
  const pieces = counts
    .slice(0, NAMED)
    .flatMap(([node, count], at): Piece[] => [
      at ? " and " : ", most often ",
      { node, name: tree.names[node]! },
      ` (${whole(count)})`,
    ]);
  return [all, ...pieces, "."];
}

export function sentenceOfGroup(
  tree: Tree,
  node: number,
  of: Pick<ChannelsAnswer, "for" | "features" | "entries" | "grid">,
): Piece[] {
  const first = of.entries.find(({ auc }) => (auc ?? 0) > 0.5);
  if (!of.for.length || !first) return [];
  const { length } = of.for;
  const tell = length === 1 ? "responds" : "respond";
  const cell = cellInWords(first.cell, of.grid);
  const where = cell && ` (${cell})`;
  return [
    `${whole(length)} of ${plural(of.features, "channel", "channels")} ${tell} to `,
    { node, name: tree.names[node]! },
    `; channel ${first.channel}${where} is higher there in ${inPercent(first.auc!, 0)} of 100 pairs of classes.`,
  ];
}
