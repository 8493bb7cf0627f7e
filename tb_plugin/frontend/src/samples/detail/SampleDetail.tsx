/** The panel: one sample, and those that it is compared with. */

import type { JSX } from "preact";
import { fullName } from "../../hierarchy/classNames.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import { Title } from "../../panel/Title.tsx";
import { surest } from "../data/epochsRight.ts";
import { shown } from "../data/loadSamples.ts";
import { ExportSamples } from "../export/ExportSamples.tsx";
import { facts } from "../selection/shownSamples.ts";
import type { OfSample } from "../shared/lowestCommonAncestor.ts";
import { SampleFacts } from "../shared/SampleFacts.tsx";
import { TopClasses } from "../shared/TopClasses.tsx";
import { inspectedSample } from "./detailedSample.ts";
import { SampleHistory } from "./SampleHistory.tsx";
import { SimilarSamples } from "./SimilarSamples.tsx";

const LIKES = 6;

export function SampleDetail({ tree }: { tree: Tree }): JSX.Element {
  const [sample, here] = [inspectedSample.value, facts.value];
  const place = (
    <div class="place">
      <Title tree={tree} />
    </div>
  );
  if (sample === null || !here || !shown.value) {
    return (
      <>
        {place}
        <ExportSamples />
      </>
    );
  }
  const props = { tree, facts: here, sample };
  return (
    <>
      {place}
      <SampleFacts {...props} />
      <TopClasses tree={tree} sample={sample} />
      <SampleHistory tree={tree} sample={sample} />
      <References {...props} />
      <ExportSamples />
    </>
  );
}

function References({ tree, facts, sample }: OfSample): JSX.Element {
  const { first } = shown.value!.index;
  const {
    trueLeaf: actual,
    predictedLeaf: predicted,
    confidence: answer,
  } = facts;
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
  const named = (position: number): { node: number; title: string } => {
    const node = tree.leaves[position]!;
    return { node, title: fullName(tree, node) };
  };
  const same = inCell(row, column);
  return (
    <>
      {row !== column && (
        <SimilarSamples
          {...named(column)}
          note="surest of those named right"
          samples={right(column)}
        />
      )}
      <SimilarSamples
        {...named(row)}
        note="surest of those named right"
        samples={right(row)}
      />
      {row !== column && (
        <SimilarSamples
          title="Same cell"
          note={`${same.length} more, ${inCell(column, row).length} reverse`}
          samples={same.slice(0, LIKES)}
        />
      )}
    </>
  );
}
