// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { buildTree } from "../../../src/hierarchy/tree.ts";
import { moveRows, movesIn } from "../../../src/panel/misplaced/moves.ts";
import type { AgreementAnswer } from "../../../src/server/agreementAnswer.ts";
import { petsJson } from "../../pets.ts";

const answer: AgreementAnswer = {
  levels: [{ tested: 4, found: 1, planted: 10, planted_found: 3 }],
  total: 1,
  moves: [
    {
      class: 1,
      own: 1,
      other: 4,
      with_own: 2,
      with_other: 30,
      p: 1e-6,
      q: 4e-6,
      support: 0.98,
      levels: [0],
    },
  ],
  agreement: null,
  why: "too many",
};

test("classes and groups are found in the tree as it is ordered", () => {
  const tree = buildTree(petsJson);
  const [move] = movesIn(tree, answer);
  expect(tree.order[tree.start[move!.node]!]).toBe(1);
  expect([move!.own, move!.other]).toEqual([1, 4]);
  // Nodes that stand in another order here than in the log.
  const turned = { ...tree, logged: tree.logged.toReversed() };
  const nodes = tree.logged.length - 1;
  const [other] = movesIn(turned, answer);
  expect([other!.own, other!.other]).toEqual([nodes - 1, nodes - 4]);
});

test("a table has each number as it came", () => {
  const tree = buildTree(petsJson);
  const [head, row, ...rest] = [...moveRows(tree, movesIn(tree, answer))];
  expect(rest).toEqual([]);
  const of = Object.fromEntries(head!.map((key, i) => [key, row![i]]));
  expect(of).toMatchObject({
    group_id: petsJson.ids[1],
    other_group_id: petsJson.ids[4],
    errors_with_group: 2,
    errors_with_other_group: 30,
    groups: String(tree.levels[0]!.groups),
    p: 1e-6,
    false_discoveries: 4e-6,
    support: 0.98,
  });
});
