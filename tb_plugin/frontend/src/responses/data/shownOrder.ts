/** The order of the channels on screen, which waits for its evidence. */

import { computed, effect, signal, untracked } from "@preact/signals";
import {
  asTheyAre,
  byGroup,
  byGroups,
  type ChannelOrder,
} from "./channelOrder.ts";
import {
  chosenFeature,
  groups,
  late,
  means,
  responses,
  shownNodes,
} from "./loadMap.ts";
import { asked, channels, group } from "./loadResponses.ts";

/** As it should be; null while that is on its way. */
const wanted = computed<ChannelOrder | null>(() => {
  const [got, evidence] = [means.value.value, groups.value.value];
  if (!got || !responses.value) return null;
  const { features } = responses.value;
  if (group.value && asked.value) {
    const of = channels.value;
    if (of?.of !== asked.value) return null;
    if (of.found?.found)
      return byGroup(features, group.value, of.found.for, of.found.against);
  }
  if (evidence?.about === got.about)
    return byGroups(features, evidence.found, shownNodes.value);
  return late.value === got.about ? asTheyAre(features) : null;
});

export const shownOrder = signal<ChannelOrder | null>(null);

/** Columns stay where they are until their new order has come. */
export function followOrder(): void {
  let of: unknown = null;
  effect(() => {
    const [next, shown] = [wanted.value, means.value.value?.found];
    untracked(() => {
      if (next || shown !== of) shownOrder.value = next;
      if (next) of = shown;
    });
  });
  // The surest channel of a group shows its samples, unless another does.
  effect(() => {
    const [got, about] = [channels.value, asked.value];
    const first = got?.of === about ? got.found?.entries[0] : undefined;
    untracked(() => {
      if (first && chosenFeature.value < 0) chosenFeature.value = first.feature;
    });
  });
}
