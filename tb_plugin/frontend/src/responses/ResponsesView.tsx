/** What layers respond to: all that comes when it is asked for. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Tree } from "../hierarchy/tree.ts";
import { Title } from "../panel/Title.tsx";
import * as view from "../state/all.ts";
import { addStyle } from "../ui/addStyle.ts";
import { plural, whole } from "../ui/format.ts";
import { type Part, PRIORITY } from "../ui/textFitting.ts";
import {
  answered,
  asked,
  channels,
  followResponses,
  group,
} from "./data/loadResponses.ts";
import { lackInWords } from "./data/strongestPictures.ts";
import { ChannelList } from "./detail/ChannelList.tsx";
import { LikenessTable } from "./detail/LikenessTable.tsx";
import { LikenessMap } from "./map/LikenessMap.tsx";
import { listenToLayers } from "./responseKeys.ts";
import style from "./responses.css?inline";

export function caption(): Part[] {
  const found = answered.value?.found;
  if (!found) return [];
  const said: Part[] = [
    [plural(found.samples, "sample", "samples"), PRIORITY.subject],
    [
      `correlation of class means over ${whole(found.features)} channels of ${found.name}, each standardised`,
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
  said.push(["blank: not alike, or the opposite", PRIORITY.legend]);
  const last = view.epochs.value.at(-1)?.step;
  said.push([`epoch ${found.step} of ${last}`, PRIORITY.background]);
  return said;
}

export function Side({ tree }: { tree: Tree }): JSX.Element | null {
  const found = answered.value?.found;
  if (!found) return null;
  const node = group.value;
  const isOfIt = node > 0 && channels.value?.about === asked.value;
  const got = isOfIt ? channels.value : null;
  const of = got?.found;
  return (
    <div class="responses-detail" data-testid="responses-detail">
      <div class="place">
        <Title tree={tree} />
        <p class="label">
          {`${whole(found.features)} channels of ${found.name}`}
          {found.pool && `, pooled ${found.pool}`}
          {`, ${plural(found.samples, "sample", "samples")}`}
        </p>
      </div>
      <LikenessTable tree={tree} of={found} node={node} group={of} />
      <section aria-label="Channels">
        <h2>
          {node ? "Channels that tell it apart" : "Channels of a group"}{" "}
          {node > 0 && <span class="label">{tree.names[node]}</span>}
        </h2>
        {!node && (
          <p class="label" data-testid="no-group">
            Select a group in the tree: here are the channels that tell its
            classes from the others.
          </p>
        )}
        {got?.problem && (
          <p class="label" role="status">
            {got.problem}
          </p>
        )}
        {of && <ChannelList key={asked.value} tree={tree} of={of} />}
        {of && lackInWords(of) && (
          <p class="label" data-testid="no-channel-samples">
            {lackInWords(of)}
          </p>
        )}
      </section>
    </div>
  );
}

export { KEYS as shortcuts } from "./responseKeys.ts";

addStyle(style);
followResponses();

/** The layer is chosen above the tree. */
export function Choices(): null {
  return null;
}

export function Middle(): JSX.Element {
  useEffect(listenToLayers, []);
  return <LikenessMap />;
}
