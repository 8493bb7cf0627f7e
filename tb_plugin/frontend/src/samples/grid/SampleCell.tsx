// biome-ignore-all lint/a11y/useSemanticElements: a table cannot leave rows out
import type { JSX } from "preact";
import { fullName } from "../../hierarchy/classNames.ts";
import { shortName } from "../../hierarchy/shortNames.ts";
import * as view from "../../state/all.ts";
import { isolated } from "../../ui/format.ts";
import { measureAt } from "../../ui/textFitting.ts";
import { shown } from "../data/loadSamples.ts";
import type { Facts } from "../data/sampleFacts.ts";
import { grouping, pinned, size } from "../selection/choices.ts";
import { Picture } from "../shared/Picture.tsx";

/** 1st, 2nd, 3rd, 4th, 11th */
export function ordinal(n: number): string {
  const isTeen = n % 100 >= 11 && n % 100 <= 13;
  const ending = isTeen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${ending}`;
}

const small = measureAt(11);

interface Props {
  sample: number;
  facts: Facts;
  column: number;
  isActive: boolean;
}

export function SampleCell({
  sample,
  facts,
  column,
  isActive,
}: Props): JSX.Element {
  const side = size.value;
  const answer = facts.confidence[sample]!;
  const own = Math.exp(-facts.loss[sample]!);
  const isRight = facts.trueLeaf[sample] === facts.predictedLeaf[sample];
  const isPinned = pinned.value === sample;
  return (
    <div
      class={isPinned ? "cell pinned" : "cell"}
      role="gridcell"
      aria-colindex={column + 1}
      aria-selected={isPinned}
      aria-label={inWords(sample, facts)}
      data-sample={sample}
      tabIndex={isActive ? 0 : -1}
      style={{ width: `${side}px` }}
    >
      <Picture sample={sample} side={side} />
      <span class={isRight ? "foot right" : "foot"}>
        <i class="answer" style={{ width: `${answer * side}px` }} />
        {!isRight && Number.isFinite(own) && (
          <i class="own" style={{ left: `${own * (side - 2)}px` }} />
        )}
      </span>
      <span class="name one-line">{nameBelow(sample, facts)}</span>
      <span class="figures one-line">
        <span>{answer.toFixed(2)}</span>
        <span>{isRight ? "" : rankOf(facts.trueRank[sample]!)}</span>
      </span>
    </div>
  );
}

/** The class that the head of the group does not name. */
function nameBelow(
  sample: number,
  { trueLeaf: actual, predictedLeaf: predicted }: Facts,
): string {
  const tree = view.tree.value!;
  if (grouping.value === "both")
    return shown.value!.index.ids[sample]!.slice(0, 40);
  const side = grouping.value === "predicted" ? actual : predicted;
  const leaf = tree.leaves[side[sample]!]!;
  return isolated(shortName(tree, leaf, size.value, small));
}

export function rankOf(rank: number): string {
  if (rank === 0) return `> ${ordinal(shown.value?.record.header.top ?? 5)}`;
  return ordinal(rank);
}

function inWords(sample: number, facts: Facts): string {
  const tree = view.tree.value!;
  const [actual, predicted] = [facts.trueLeaf, facts.predictedLeaf].map(
    (side) => fullName(tree, tree.leaves[side[sample]!]!),
  );
  const answer = facts.confidence[sample]!.toFixed(2);
  if (actual === predicted) return `${actual}, right, ${answer}`;
  const rank = rankOf(facts.trueRank[sample]!).replace(">", "beyond");
  return `${actual} named ${predicted}, ${answer}; the actual class is ${rank}`;
}
