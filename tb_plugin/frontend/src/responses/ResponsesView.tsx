/** What layers respond to: all that comes when it is asked for. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Tree } from "../hierarchy/tree.ts";
import { Title } from "../panel/Title.tsx";
import * as view from "../state/all.ts";
import { tab } from "../state/tabs.ts";
import { addStyle } from "../ui/addStyle.ts";
import { plural, whole } from "../ui/format.ts";
import { type Part, PRIORITY } from "../ui/textFitting.ts";
import { channelGroups, followMap } from "./data/loadMap.ts";
import {
  answered,
  asked,
  channels,
  followResponses,
  group,
  layerAnswer,
} from "./data/loadResponses.ts";
import { followOrder } from "./data/shownOrder.ts";
import { ChannelDetail } from "./detail/ChannelDetail.tsx";
import { ChannelList } from "./detail/ChannelList.tsx";
import { GroupCounts } from "./detail/GroupCounts.tsx";
import { LikenessTable } from "./detail/LikenessTable.tsx";
import { ChannelMap } from "./map/ChannelMap.tsx";
import { showsLikeness } from "./map/LayerSlider.tsx";
import { LikenessMap } from "./map/LikenessMap.tsx";
import { listenToLayers } from "./responseKeys.ts";
import style from "./responses.css?inline";

export function caption(): Part[] {
  const found = layerAnswer.value;
  if (!found) return [];
  const said: Part[] = [
    [plural(found.samples, "sample", "samples"), PRIORITY.subject],
    [
      showsLikeness.value
        ? `correlation of class means over ${whole(found.features)} channels of ${found.name}, each standardised`
        : `class means of ${plural(found.features, "channel", "channels")} of ${found.name}, in standard deviations (sd) of each channel`,
      PRIORITY.choice,
    ],
  ];
  if (found.step !== view.step.value) {
    said.push([`means of epoch ${found.step}`, PRIORITY.essential]);
  }
  if (found.without) {
    const classes = plural(found.without, "class", "classes");
    said.push([`${classes} without samples`, PRIORITY.essential]);
  }
  const last = view.epochs.value.at(-1)?.step;
  said.push([`epoch ${found.step} of ${last}`, PRIORITY.background]);
  return said;
}

export function Side({ tree }: { tree: Tree }): JSX.Element | null {
  const told = layerAnswer.value;
  if (!told) return null;
  const node = group.value;
  const isOfIt = node > 0 && channels.value?.of === asked.value;
  const got = isOfIt ? channels.value : null;
  const of = got?.found;
  const [alike, groups] = [answered.value?.found, channelGroups.value];
  return (
    <div class="responses-detail" data-testid="responses-detail">
      <div class="place">
        <Title tree={tree} />
      </div>
      {groups && <ChannelDetail tree={tree} of={groups} />}
      <section aria-label="Channels">
        <h2>
          {node ? "Channels that tell it apart" : "Channels by group"}{" "}
          {node > 0 && <span class="label">{tree.names[node]}</span>}
        </h2>
        {!node && groups && <GroupCounts tree={tree} of={groups} />}
        {got?.error && (
          <p class="label" role="status">
            {got.error}
          </p>
        )}
        {of && <ChannelList key={asked.value} tree={tree} of={of} />}
      </section>
      {alike && <LikenessTable tree={tree} of={alike} node={node} group={of} />}
    </div>
  );
}

export { KEYS as shortcuts } from "./responseKeys.ts";

addStyle(style);
const isOpen = (): boolean => tab.value === "responses";
followResponses();
followMap(isOpen);
followOrder();

/** The layer is chosen above the tree. */
export function Choices(): null {
  return null;
}

export function Middle(): JSX.Element {
  useEffect(listenToLayers, []);
  return showsLikeness.value ? <LikenessMap /> : <ChannelMap />;
}
