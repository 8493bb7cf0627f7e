/** The panel: how alike the groups' classes are, and the channels of one. */

import type { JSX } from "preact";
import type { Tree } from "../../hierarchy/tree.ts";
import { Title } from "../../panel/Title.tsx";
import { plural, whole } from "../../ui/format.ts";
import { answered, asked, channels, group } from "../data/loadResponses.ts";
import { lackInWords } from "../data/strongestPictures.ts";
import { ChannelList } from "./ChannelList.tsx";
import { LikenessTable } from "./LikenessTable.tsx";

export function ResponsesDetail({ tree }: { tree: Tree }): JSX.Element | null {
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
