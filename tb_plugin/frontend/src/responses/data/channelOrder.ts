/** The columns of the map: channels that tell a group, and all others. */

import type { ChannelGroupsAnswer } from "../../server/responsesAnswer.ts";

/** Columns that stand together, and why. */
export interface Part {
  kind: "for" | "chance" | "against";
  /** The group that they tell; 0 for none. */
  node: number;
  from: number;
  to: number;
}

export interface ChannelOrder {
  /** [F] the channel of each column. */
  channels: Int32Array;
  parts: readonly Part[];
}

function ordered(
  features: number,
  first: readonly number[],
  last: readonly number[] = [],
): Int32Array {
  const isListed = new Uint8Array(features);
  for (const each of [...first, ...last]) isListed[each] = 1;
  const others = Array.from({ length: features }, (_, at) => at).filter(
    (at) => !isListed[at],
  );
  return Int32Array.from([...first, ...others, ...last]);
}

/** As the layer has them: nothing is known of them yet. */
export function asTheyAre(features: number): ChannelOrder {
  return { channels: ordered(features, []), parts: [] };
}

/** By the group that each tells best; those within chance stay as they are. */
export function byGroups(
  features: number,
  { channels, nodes }: Pick<ChannelGroupsAnswer, "channels" | "nodes">,
  shownNodes: ArrayLike<number>,
): ChannelOrder {
  const parts: Part[] = [];
  nodes.forEach((logged, at) => {
    const node = shownNodes[logged] ?? 0;
    const last = parts.at(-1);
    if (last?.node === node) last.to = at + 1;
    else parts.push({ kind: "for", node, from: at, to: at + 1 });
  });
  const from = channels.length;
  if (from < features)
    parts.push({ kind: "chance", node: 0, from, to: features });
  return { channels: ordered(features, channels), parts };
}

/** By how they tell one group: those that respond, and those that are silent. */
export function byGroup(
  features: number,
  node: number,
  responding: readonly number[],
  silent: readonly number[],
): ChannelOrder {
  const [from, to] = [responding.length, features - silent.length];
  const all: Part[] = [
    { kind: "for", node, from: 0, to: from },
    { kind: "chance", node: 0, from, to },
    { kind: "against", node, from: to, to: features },
  ];
  return {
    channels: ordered(features, responding, silent.toReversed()),
    parts: all.filter((part) => part.to > part.from),
  };
}
