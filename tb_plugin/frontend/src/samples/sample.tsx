/** The panel: one sample, and those that it is compared with. */

import type { JSX } from "preact";
import { Title } from "../panel/title.tsx";
import type { Tree } from "../tree.ts";
import { facts } from "./chosen.ts";
import { Epochs } from "./epochs.tsx";
import { Export } from "./export.tsx";
import { surest } from "./learned.ts";
import { Likes } from "./likes.tsx";
import { shown } from "./loading.ts";
import type { OfSample } from "./meeting.ts";
import { Facts } from "./samplefacts.tsx";
import { told } from "./told.ts";
import { Top } from "./top.tsx";

const LIKES = 6;

export function Sample({ tree }: { tree: Tree }): JSX.Element {
  const [sample, here] = [told.value, facts.value];
  const place = (
    <div class="place">
      <Title tree={tree} />
    </div>
  );
  if (sample === null || !here || !shown.value) {
    return (
      <>
        {place}
        <Export />
      </>
    );
  }
  const props = { tree, facts: here, sample };
  return (
    <>
      {place}
      <Facts {...props} />
      <Top tree={tree} sample={sample} />
      <Epochs tree={tree} sample={sample} />
      <References {...props} />
      <Export />
    </>
  );
}

function References({ tree, facts, sample }: OfSample): JSX.Element {
  const { first } = shown.value!.index;
  const { actual, predicted, answer } = facts;
  const [row, column] = [actual[sample]!, predicted[sample]!];
  const spanOf = (position: number): [number, number] => {
    const label = tree.order[position]!;
    return [first[label]!, first[label + 1]!];
  };
  const right = (position: number): number[] =>
    surest(
      answer,
      (i) => predicted[i] === position && i !== sample,
      spanOf(position),
      LIKES,
    );
  const inCell = (from: number, to: number): number[] =>
    surest(
      answer,
      (i) => predicted[i] === to && i !== sample,
      spanOf(from),
      Number.POSITIVE_INFINITY,
    );
  const name = (position: number): string =>
    tree.names[tree.leaves[position]!]!;
  const same = inCell(row, column);
  return (
    <>
      {row !== column && (
        <Likes
          title={name(column)}
          note="surest of those named right"
          samples={right(column)}
        />
      )}
      <Likes
        title={name(row)}
        note="surest of those named right"
        samples={right(row)}
      />
      {row !== column && (
        <Likes
          title="Same cell"
          note={`${same.length} more, ${inCell(column, row).length} the other way`}
          samples={same.slice(0, LIKES)}
        />
      )}
    </>
  );
}
