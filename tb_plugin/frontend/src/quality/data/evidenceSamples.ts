/** Which samples stand behind an entry: their pictures are the evidence. */

import type { Tree } from "../../hierarchy/tree.ts";
import { surest } from "../../samples/data/epochsRight.ts";
import type { Facts } from "../../samples/data/sampleFacts.ts";
import type { SampleRecord } from "../../samples/data/sampleFormat.ts";
import type { SampleIndex } from "../../samples/data/sampleIndex.ts";

export interface Sampled {
  tree: Tree;
  facts: Facts;
  index: SampleIndex;
  record: SampleRecord;
}

const ALL = Number.POSITIVE_INFINITY;

function spanOf({ index }: Sampled, label: number): [number, number] {
  return [index.first[label]!, index.first[label + 1]!];
}

/** Samples of class a that were named b, the surest first. */
export function crossing(
  there: Sampled,
  a: number,
  b: number,
  most = ALL,
): number[] {
  const { confidence: answer, predictedLeaf: predicted } = there.facts;
  const wanted = there.tree.leafOfLabel[b]!;
  return surest(answer, (i) => predicted[i] === wanted, spanOf(there, a), most);
}

/** Samples of a class that were named right, without one of them. */
export function references(
  there: Sampled,
  label: number,
  most: number,
  except = -1,
): number[] {
  const own = there.tree.leafOfLabel[label]!;
  const { confidence: answer, predictedLeaf: predicted } = there.facts;
  return surest(
    answer,
    (i) => predicted[i] === own && i !== except,
    spanOf(there, label),
    most,
  );
}

/** Errors of a class that fall into a group. */
export function strayed(
  there: Sampled,
  label: number,
  group: number,
  most = ALL,
): number[] {
  const { tree, facts } = there;
  const own = tree.leafOfLabel[label]!;
  const [from, to] = [tree.start[group]!, tree.stop[group]!];
  const isStray = (i: number): boolean => {
    const at = facts.predictedLeaf[i]!;
    return at !== own && at >= from && at < to;
  };
  return surest(facts.confidence, isStray, spanOf(there, label), most);
}

/** Errors of a class that fall into none of these groups. */
export function elsewhere(
  there: Sampled,
  label: number,
  groups: readonly number[],
): number[] {
  const { start, stop } = there.tree;
  return strayed(there, label, 0).filter((i) => {
    const at = there.facts.predictedLeaf[i]!;
    return groups.every((node) => at < start[node]! || at >= stop[node]!);
  });
}

export interface Dot {
  sample: number;
  /** From surely a, 0, to surely b, 1. */
  x: number;
  crossed: boolean;
}

/**
 * Samples of a and of b at p(b) / (p(a) + p(b)), ascending.
 *
 * The other class may be beyond the best that were logged: where the sample's
 * own is among them it stands at the most the other can have, else it is left
 * out.
 */
export function alongAxis(
  there: Sampled,
  a: number,
  b: number,
): { ofA: Dot[]; ofB: Dot[]; leftOut: number } {
  let leftOut = 0;
  const { record, facts, tree } = there;
  const dotsOf = (own: number, other: number): Dot[] => {
    const dots: Dot[] = [];
    const [from, to] = spanOf(there, own);
    for (let sample = from; sample < to; sample++) {
      const mine = record.trueProbability[sample]!;
      const last = record.best.length;
      let place = 0;
      while (place < last && record.best[place]![sample] !== other) place++;
      const rank = record.trueRank[sample]!;
      const isBounded = rank > 0 && rank <= last;
      const theirs =
        place < last
          ? record.probability[place]![sample]!
          : mostBeyond(record, sample);
      const sum = mine + theirs;
      if (!(sum > 0) || (place === last && !isBounded)) {
        leftOut++;
        continue;
      }
      const share = theirs / sum;
      dots.push({
        sample,
        x: own === a ? share : 1 - share,
        crossed: facts.predictedLeaf[sample] === tree.leafOfLabel[other],
      });
    }
    return dots.sort((one, two) => one.x - two.x || one.sample - two.sample);
  };
  return { ofA: dotsOf(a, b), ofB: dotsOf(b, a), leftOut };
}

/** The most that a class beyond the best can have: no more than the last one. */
function mostBeyond({ probability }: SampleRecord, sample: number): number {
  const logged = probability.map((each) => each[sample]!);
  const rest = 1 - logged.reduce((sum, each) => sum + each, 0);
  return Math.max(0, Math.min(logged.at(-1)!, rest));
}

/** So many of a list, evenly spread over it, its ends among them. */
export function spread<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from(
    { length: most },
    (_, k) => list[Math.round((k * (list.length - 1)) / (most - 1))]!,
  );
}

/** How high each dot stands in the pile of its column, from 0. */
export function piles(
  dots: readonly Dot[],
  columns: number,
): { column: number; height: number }[] {
  const heights = new Array<number>(columns).fill(0);
  return dots.map(({ x }) => {
    const column = Math.min(Math.floor(x * columns), columns - 1);
    return { column, height: heights[column]!++ };
  });
}
