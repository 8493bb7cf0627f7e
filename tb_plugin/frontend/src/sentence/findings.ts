/**
 * What a matrix shows beyond chance: the level, group and pair that stand out.
 *
 * Chance lets every error draw its class as often as classes are predicted. A
 * pair stands out among the classes of its group as well, which are alike.
 * A finding is kept where Chernoff's bound on the binomial tail, times the
 * number of places looked at, stays below `FALSE`; the surest one is named. Of
 * groups this is Kulldorff's scan over a tree (Biometrics 59, 2003).
 */

import type { Epoch } from "../confusion/cells.ts";
import { errorsInside } from "../confusion/errorsInside.ts";
import { type Span, spanOf } from "../hierarchy/selection.ts";
import { isLeaf, lowestCommonAncestor, type Tree } from "../hierarchy/tree.ts";

/** How often noise may make any finding of a kind. */
const FALSE = 0.01;
/** Of all errors: fewer in a group are no news of the whole. */
const WORTH_SAYING = 0.05;

export interface Found {
  count: number;
  of: number;
  /** The share that chance would give. */
  chance: number;
}

/**
 * The negative logarithm of a bound of the probability of as many or more.
 *
 * @param runs over how many runs the counts are summed: the same samples
 *   count once
 */
export function evidence({ count, of, chance }: Found, runs = 1): number {
  const share = count / of;
  if (!(share > chance)) return 0;
  if (chance <= 0) return 0;
  const rest =
    share < 1 ? (1 - share) * Math.log((1 - share) / (1 - chance)) : 0;
  return (of * (share * Math.log(share / chance) + rest)) / runs;
}

/** Whether so much evidence is a finding, of so many places looked at. */
export function isFound(found: Found, places: number, runs = 1): boolean {
  return evidence(found, runs) > Math.log(places / FALSE);
}

/** The index of the level that holds most errors beyond chance; null of none. */
export function clearestLevel(tree: Tree, epoch: Epoch): number | null {
  const { errors, sums } = epoch;
  const levels = tree.levels.slice(0, -1);
  let best: number | null = null;
  let most = 0;
  levels.forEach(({ nodes }, at) => {
    const { share, chance } = errorsInside(tree, epoch, nodes);
    const found = { count: share * errors, of: errors, chance };
    if (share - chance > most && isFound(found, levels.length, sums.runs))
      [best, most] = [at, share - chance];
  });
  return best;
}

/** How often each error of a leaf would fall on a class that is so often said. */
function drawn(epoch: Epoch, leaf: number, predicted: number): number {
  const { total, sums } = epoch;
  return predicted / Math.max(total - sums.predictedCount[leaf]!, 1);
}

/** The group below a node that keeps more of the errors than chance would. */
export function clearestGroup(
  tree: Tree,
  epoch: Epoch,
  within = 0,
): (Found & { node: number }) | null {
  const { sums } = epoch;
  const [from, to] = spanOf(tree, within);
  const mistakes = (leaf: number): number =>
    sums.support[leaf]! - sums.correct[leaf]!;
  const all = sums.support[within]! - sums.correct[within]!;
  const expected = new Float64Array(tree.parent.length);
  for (let at = from; at < to; at++) {
    const leaf = tree.leaves[at]!;
    const own = sums.predictedCount[leaf]!;
    for (
      let node = tree.parent[leaf]!;
      node > within;
      node = tree.parent[node]!
    )
      expected[node]! +=
        mistakes(leaf) * drawn(epoch, leaf, sums.predictedCount[node]! - own);
  }
  let best: (Found & { node: number }) | null = null;
  let [most, places] = [0, 0];
  for (let node = within + 1; node < tree.parent.length; node++) {
    if (tree.start[node]! >= to) break;
    if (isLeaf(tree, node) || isWhole(tree, node, [from, to])) continue;
    places += 1;
    const count = sums.truePositives[node]! - sums.correct[node]!;
    const found = { node, count, of: all, chance: expected[node]! / all };
    const sure = evidence(found, sums.runs);
    if (sure > most && count / all >= WORTH_SAYING)
      [best, most] = [found, sure];
  }
  return best && isFound(best, places, sums.runs) ? best : null;
}

function isWhole(tree: Tree, node: number, [from, to]: Span): boolean {
  return tree.start[node] === from && tree.stop[node] === to;
}

/** One class taken for another, and the other way where that is found as well. */
export interface FoundPair extends Found {
  /** Leaves. */
  actual: number;
  predicted: number;
  back: Found | null;
}

/** The pair of classes that is confused most surely, with actual ones below a node. */
export function clearestPair(
  tree: Tree,
  epoch: Epoch,
  within = 0,
): FoundPair | null {
  const { sums } = epoch;
  const { rowStart, column, count } = epoch.cells;
  const [from, to] = spanOf(tree, within);
  const places = tree.leaves.length * (to - from);
  const foundAt = (
    actual: number,
    predicted: number,
    errors: number,
  ): Found => ({
    count: errors,
    of: sums.support[actual]! - sums.correct[actual]!,
    chance: drawn(epoch, actual, sums.predictedCount[predicted]!),
  });
  const sureOf = (actual: number, predicted: number, found: Found): number =>
    Math.min(
      evidence(found, sums.runs),
      evidence(among(tree, epoch, actual, predicted, found.count), sums.runs),
    );
  let best: FoundPair | null = null;
  let most = 0;
  for (let at = from; at < to; at++) {
    const actual = tree.leaves[at]!;
    for (let k = rowStart[at]!; k < rowStart[at + 1]!; k++) {
      const predicted = tree.leaves[column[k]!]!;
      const found = foundAt(actual, predicted, count[k]!);
      if (evidence(found, sums.runs) <= most) continue;
      const sure = sureOf(actual, predicted, found);
      if (sure > most)
        [best, most] = [{ ...found, actual, predicted, back: null }, sure];
    }
  }
  const least = Math.log(places / FALSE);
  if (!best || most <= least) return null;
  const { actual, predicted } = best;
  const [row, aim] = [tree.start[predicted]!, tree.start[actual]!];
  for (let k = rowStart[row]!; k < rowStart[row + 1]!; k++) {
    if (column[k] !== aim) continue;
    const back = foundAt(predicted, actual, count[k]!);
    if (sureOf(predicted, actual, back) > least) best.back = back;
  }
  return best;
}

/** The same errors among those that stay in the smallest group of three or more. */
function among(
  tree: Tree,
  epoch: Epoch,
  actual: number,
  predicted: number,
  errors: number,
): Found {
  const { rowStart, column, count } = epoch.cells;
  const { predictedCount } = epoch.sums;
  const at = tree.start[actual]!;
  let node = lowestCommonAncestor(tree, at, tree.start[predicted]!);
  while (node && tree.stop[node]! - tree.start[node]! < 3)
    node = tree.parent[node]!;
  let of = 0;
  for (let k = rowStart[at]!; k < rowStart[at + 1]!; k++) {
    const to = column[k]!;
    if (to >= tree.start[node]! && to < tree.stop[node]! && to !== at)
      of += count[k]!;
  }
  // The pair's own errors do not raise what is expected of it.
  const named = Math.max(predictedCount[predicted]! - errors, 1);
  const others = predictedCount[node]! - predictedCount[actual]! - errors;
  return { count: errors, of, chance: named / Math.max(others, named) };
}
