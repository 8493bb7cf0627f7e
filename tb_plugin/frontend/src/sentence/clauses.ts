/** The sentence above the matrix, clause by clause, the first one most needed. */

import { guessedRight } from "../confusion/agreement.ts";
import type { Epoch, Sums } from "../confusion/cells.ts";
import { unseenInside } from "../confusion/errorsInside.ts";
import { kindOf } from "../hierarchy/selection.ts";
import { contains, hasClasses, isLeaf, type Tree } from "../hierarchy/tree.ts";
import * as view from "../state/all.ts";
import {
  comparisonNames,
  inOrderOfChange,
  isComparing,
  otherEpoch,
} from "../state/comparison/comparedEpoch.ts";
import { current, isGroupWithinChance } from "../state/comparison/evidence.ts";
import { inPercent, isolated, percent, signed, whole } from "../ui/format.ts";
import {
  clearestGroup,
  clearestLevel,
  clearestPair,
  isFound,
} from "./findings.ts";

/** Plain words, or the name of what they select. */
export type Piece = string | { text: string; rows: number; columns?: number };

export type Clause = readonly Piece[];

const briefly = (share: number): string => percent(share, share < 0.01 ? 1 : 0);

function named(tree: Tree, rows: number, columns = rows): Piece {
  return { text: isolated(tree.names[rows]!), rows, columns };
}

/** @returns no clause where nothing is shown beyond chance */
export function clausesOf(tree: Tree, epoch: Epoch): Clause[] {
  const selection = view.selection.value;
  if (isComparing.value) {
    const there = otherEpoch.value;
    return there ? ofComparison(tree, epoch, there) : [];
  }
  if (view.playing.value) return ofPlaying(tree, epoch);
  const kind = kindOf(selection);
  if (kind === "all") return ofAll(tree, epoch);
  return kind === "group" ? ofGroup(tree, epoch, selection.rows) : [];
}

function rightAt(tree: Tree, epoch: Epoch, at: number): string | null {
  const { nodes } = tree.levels[at]!;
  const { sums, total } = epoch;
  const chance = guessedRight(nodes, epoch);
  const found = { count: rightIn(tree, sums, at, 0), of: total, chance };
  if (!isFound(found, tree.levels.length, sums.runs)) return null;
  return `${briefly(found.count / total)} right at ${levelName(tree, at)} (chance ${briefly(chance)})`;
}

/** Accuracy at the level that holds the errors best, and at the last. */
function accuracies(tree: Tree, epoch: Epoch): Clause[] {
  const last = tree.levels.length - 1;
  // Where the tree was made from these errors, its groups prove nothing.
  const isCircular = unseenInside(tree, epoch, 0) !== undefined;
  const clearest = isCircular ? null : clearestLevel(tree, epoch);
  const said = [
    clearest === null ? null : rightAt(tree, epoch, clearest),
    rightAt(tree, epoch, last),
  ].filter((each) => each !== null);
  return said.length ? [[said.join(", ")]] : [];
}

function ofPlaying(tree: Tree, epoch: Epoch): Clause[] {
  const [first, ...more] = accuracies(tree, epoch);
  if (!first) return [];
  return [[`epoch ${view.drawnStep.value}: `, ...first], ...more];
}

function ofAll(tree: Tree, epoch: Epoch): Clause[] {
  const said = accuracies(tree, epoch);
  const isCircular = unseenInside(tree, epoch, 0) !== undefined;
  const group = isCircular ? null : clearestGroup(tree, epoch);
  if (group) {
    const share = briefly(group.count / group.of);
    said.push([
      `${share} of errors stay in `,
      named(tree, group.node),
      ` (chance ${briefly(group.chance)})`,
    ]);
  }
  return [...said, ...pairIn(tree, epoch)];
}

function pairIn(tree: Tree, epoch: Epoch, within = 0): Clause[] {
  const pair = clearestPair(tree, epoch, within);
  if (!pair) return [];
  const { actual, predicted, count, back } = pair;
  const samples = epoch.sums.support[actual]!;
  const names: Piece = {
    text: `${isolated(tree.names[actual]!)} → ${isolated(tree.names[predicted]!)}`,
    rows: actual,
    columns: predicted,
  };
  const way = `${whole(count)} of ${whole(samples)}`;
  if (!back) return [[names, ` in ${way}`]];
  const others = epoch.sums.support[predicted]!;
  return [
    [names, ` in ${way}, back in ${whole(back.count)} of ${whole(others)}`],
  ];
}

function ofGroup(tree: Tree, epoch: Epoch, node: number): Clause[] {
  const { support, truePositives, correct, predictedCount } = epoch.sums;
  const samples = support[node]!;
  if (!samples) return [];
  const chance = predictedCount[node]! / epoch.total;
  const right = correct[node]! / samples;
  if (isLeaf(tree, node)) {
    const share = `${whole(correct[node]!)} of ${whole(samples)}`;
    return [
      [named(tree, node), `: right in ${share} (chance ${briefly(chance)})`],
      ...pairIn(tree, epoch, node),
    ];
  }
  const inside = truePositives[node]! / samples;
  return [
    [
      named(tree, node),
      `: ${briefly(inside)} stay inside (chance ${briefly(chance)}), ` +
        `${briefly(right)} get the right class`,
    ],
    ...pairIn(tree, epoch, node),
  ];
}

/** What is better or worse, where a test has shown that something is. */
function ofComparison(tree: Tree, here: Epoch, there: Epoch): Clause[] {
  const answer = current.value;
  if (!answer || answer.test === "none") return [];
  const { from, to } = comparisonNames.value;
  const [before, after] = inOrderOfChange(here, there);
  const right = ({ sums, total }: Epoch, at: number): number =>
    rightIn(tree, sums, at, 0) / total;
  const points = (at: number): number => right(after, at) - right(before, at);
  const last = tree.levels.length - 1;
  // What was not tested is not within chance.
  const tested = answer.levels
    .map(({ accuracy, rate }, at) => ({ at, q: accuracy.q, rate }))
    .filter(({ q }) => q !== null);
  if (!tested.length) return [];
  const [sure] = tested
    .filter(({ q, rate }) => q! <= rate)
    .sort((a, b) => a.q! - b.q!);
  if (!sure) {
    const by = signed(100 * points(last), 1);
    const where = `${by} points at ${levelName(tree, last)}`;
    return [
      [
        `no difference shown between ${from} and ${to}: ${where}, within chance`,
      ],
    ];
  }
  const by = points(sure.at);
  const said: Clause = [
    `${to} is ${by > 0 ? "better" : "worse"} than ${from} by ` +
      `${inPercent(Math.abs(by))} points at ${levelName(tree, sure.at)}`,
  ];
  const part = mostChanged(tree, before, after, sure.at);
  return [part ? [...said, ", most of it in ", named(tree, part)] : said];
}

/** Samples below a node whose group of a level is named. */
function rightIn(tree: Tree, sums: Sums, at: number, within: number): number {
  return tree.levels[at]!.nodes.reduce(
    (sum, node) =>
      contains(tree, within, node) ? sum + sums.truePositives[node]! : sum,
    0,
  );
}

/** The group that has more than half of a change, where its own is shown. */
function mostChanged(
  tree: Tree,
  before: Epoch,
  after: Epoch,
  at: number,
): number | null {
  if (before.total !== after.total) return null;
  const changeIn = (node: number): number =>
    rightIn(tree, after.sums, at, node) - rightIn(tree, before.sums, at, node);
  const all = changeIn(0);
  const coarse = tree.levels.findIndex(({ groups }) => groups > 2);
  if (coarse < 0 || coarse > at) return null;
  const found = tree.levels[coarse]!.nodes.find(
    (node) => changeIn(node) / all > 0.5 && !isGroupWithinChance(node),
  );
  return found ?? null;
}

function levelName(tree: Tree, at: number): string {
  const { groups } = tree.levels[at]!;
  const isLast = at === tree.levels.length - 1 && hasClasses(tree);
  return `${whole(groups)} ${isLast ? "classes" : "groups"}`;
}
