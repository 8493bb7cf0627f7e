/** The classes that the errors would move elsewhere: asked for, and listed. */

import { computed, effect } from "@preact/signals";
import { nodesByLogged, type Tree } from "../../hierarchy/tree.ts";
import { KeyedAnswer } from "../../loading/keyedAnswer.ts";
import type { AgreementAnswer } from "../../server/agreementAnswer.ts";
import { source } from "../../server/source.ts";
import * as view from "../../state/all.ts";
import { classSort } from "../../state/confusionListSort.ts";
import { drawnStamp } from "../../state/page.ts";
import { listedGroup } from "../classes/listedClasses.ts";

/** A class, with the group it is in and the one that its errors are with. */
export interface Move {
  node: number;
  own: number;
  other: number;
  withOwn: number;
  withOther: number;
  p: number;
  q: number;
  support: number;
  /** Coarse to fine. */
  levels: number[];
}

const request = new KeyedAnswer<AgreementAnswer>(20);

const wanted = computed(() => {
  const step = view.drawnStep.value;
  if (classSort.value?.key !== "misplaced" || step === view.NO_EPOCH)
    return null;
  const [run, output] = [view.run.value, view.output.value];
  const of = [run, output, step, drawnStamp.value].join("\n");
  return { of, run, output, step };
});

effect(() => {
  if (!wanted.value) return;
  const { of, run, output, step } = wanted.value;
  void request.askFor(of, () => source().agreement(run, output, step));
});

/** Of the epoch on screen; null until it has come. */
export const found = computed(() =>
  request.value.value?.of === wanted.value?.of ? request.value.value : null,
);

export function movesIn(tree: Tree, answer: AgreementAnswer): Move[] {
  const nodes = nodesByLogged(tree);
  return answer.moves.map((move) => ({
    node: tree.leaves[tree.leafOfLabel[move.class]!]!,
    own: nodes[move.own]!,
    other: nodes[move.other]!,
    withOwn: move.with_own,
    withOther: move.with_other,
    p: move.p ?? 1,
    q: move.q ?? 1,
    support: move.support ?? 0,
    levels: move.levels,
  }));
}

/** Those of the group that is listed, the farthest and surest first. */
export const moves = computed<Move[] | null>(() => {
  const [tree, answer] = [view.tree.value, found.value?.found];
  if (!tree || !answer) return null;
  const group = listedGroup.value;
  const [from, to] = [tree.start[group]!, tree.stop[group]!];
  return movesIn(tree, answer).filter(
    ({ node }) => from <= tree.start[node]! && tree.stop[node]! <= to,
  );
});

/** As a table, each number as the server has it. */
export function* moveRows(
  tree: Tree,
  all: readonly Move[],
): Generator<(string | number)[]> {
  yield [
    "id",
    "name",
    "group_id",
    "group",
    "other_group_id",
    "other_group",
    "errors_with_group",
    "errors_with_other_group",
    "groups",
    "p",
    "false_discoveries",
    "support",
  ];
  for (const { node, own, other, withOwn, withOther, ...of } of all) {
    yield [
      tree.ids[node]!,
      tree.names[node]!,
      tree.ids[own]!,
      tree.names[own]!,
      tree.ids[other]!,
      tree.names[other]!,
      withOwn,
      withOther,
      of.levels.map((level) => tree.levels[level]!.groups).join(" "),
      of.p,
      of.q,
      of.support,
    ];
  }
}
