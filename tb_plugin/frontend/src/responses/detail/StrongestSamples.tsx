/** The samples at which a channel is strongest: picture, or id, and class. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Tree } from "../../hierarchy/tree.ts";
import type {
  ChannelSample,
  ChannelsAnswer,
} from "../../server/responsesAnswer.ts";
import { run } from "../../state/page.ts";
import { type Pictures, picturesOf } from "../data/strongestPictures.ts";

const SIDE = 64;
/** Letters of an id in place of a picture. */
const MOST = 36;

export function StrongestSamples(props: {
  tree: Tree;
  index: ChannelsAnswer["index"];
  samples: readonly ChannelSample[];
}): JSX.Element {
  const { tree, index, samples } = props;
  const [pictures, setPictures] = useState<Pictures | null>(null);
  const shownRun = run.value;
  useEffect(() => {
    let isShown = true;
    setPictures(null);
    const show = (found: Pictures): void => {
      if (isShown) setPictures(found);
    };
    // The ids stand in the place of what does not come.
    picturesOf(shownRun, index, samples).then(show, () => show(new Map()));
    return () => {
      isShown = false;
    };
  }, [shownRun, index, samples]);
  return (
    <ul class="strongest" data-testid="channel-samples">
      {samples.map((sample) => (
        <Sample
          key={`${sample.label} ${sample.id}`}
          sample={sample}
          name={tree.names[tree.leaves[tree.leafOfLabel[sample.label]!]!]!}
          address={pictures && (pictures.get(sample.number ?? -1) ?? "")}
        />
      ))}
    </ul>
  );
}

function Sample(props: {
  sample: ChannelSample;
  name: string;
  /** "" for no picture, null while unknown. */
  address: string | null;
}): JSX.Element {
  const { sample, name, address } = props;
  const { id, value } = sample;
  // Files of one data set differ in their last letters.
  const text = id.length > MOST ? `…${id.slice(1 - MOST)}` : id;
  const strength = value === null ? "" : `, ${value.toPrecision(3)}`;
  return (
    <li title={`${name}: ${id}${strength}`}>
      {address ? (
        <img src={address} alt={id} width={SIDE} height={SIDE} />
      ) : (
        <span class="no-picture" style={{ height: `${SIDE}px` }}>
          {address === "" && text}
        </span>
      )}
      <span class="class one-line">{name}</span>
    </li>
  );
}
