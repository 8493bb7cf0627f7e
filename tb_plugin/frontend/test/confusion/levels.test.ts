/**
 * Levels and their figures are those of the library, which
 * `tests/scores/test_block_confusion.py` holds to the same file.
 */

import { describe, expect, test } from "vitest";
import golden from "../../../../tests/golden/levels.json";
import { readEpoch } from "../../src/confusion/cells.ts";
import { errorsInside } from "../../src/confusion/errorsInside.ts";
import { levelOf } from "../../src/confusion/filters.ts";
import { buildTree, nearestLevel } from "../../src/hierarchy/tree.ts";
import { encodeCells, pets } from "../pets.ts";

describe.each(golden)("$name", (each) => {
  const tree = buildTree(each.tree);
  const matrix = encodeCells(each.tree.sizes.length, each.cells);
  const epoch = readEpoch(matrix, tree);

  test("levels have their names and groups", () => {
    expect(
      tree.levels.map(({ groups, name, nodes }) => ({
        groups,
        name: name || null,
        nodes: [...nodes],
      })),
    ).toEqual(each.tree.levels);
  });

  test("figures of every level", () => {
    tree.levels.forEach(({ nodes }, index) => {
      const wanted = each.levels[index]!;
      const right = nodes.reduce(
        (sum, node) => sum + epoch.sums.truePositives[node]!,
        0,
      );
      expect(right / epoch.total).toBeCloseTo(wanted.accuracy, 12);
      const { share, chance } = errorsInside(tree, epoch, nodes);
      if (wanted.inside === null) {
        expect([share, chance]).toEqual([Number.NaN, Number.NaN]);
      } else {
        expect(share).toBeCloseTo(wanted.inside, 12);
        expect(chance).toBeCloseTo(wanted.chance!, 12);
      }
    });
  });
});

test("a number of groups stands for the nearest level", () => {
  const at = (groups: number): number => nearestLevel(pets.levels, groups);
  // 2, 3 and 4 groups; 2.5 is nearer to 3 as a ratio.
  expect([1, 2, 2.5, 3, 4, 1000].map(at)).toEqual([0, 0, 1, 1, 2, 2]);
  expect(nearestLevel([], 3)).toBe(-1);
});

test("a filter on a level of another tree is one on the nearest, not classes", () => {
  const of = (groups: number): number | undefined =>
    levelOf(pets, { kind: "between", groups })?.groups;
  expect([1, 2, 3, 179].map(of)).toEqual([2, 2, 3, 3]);
  const flat = { ...pets, levels: pets.levels.slice(-1) };
  expect(levelOf(flat, { kind: "within", groups: 4 })).toBeUndefined();
});
