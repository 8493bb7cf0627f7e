import { expect, test } from "vitest";
import { collapse, readEpoch } from "../../src/confusion/cells.ts";
import {
  flagChanges,
  testsOfCells,
} from "../../src/confusion/chance/chance.ts";
import { subtract } from "../../src/confusion/difference.ts";
import {
  recallInterval,
  wilsonInterval,
} from "../../src/confusion/interval.ts";
import { UNTESTED } from "../../src/confusion/pairs.ts";
import { reorderEpoch } from "../../src/confusion/reorderEpoch.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import { meanOf } from "../../src/state/seeds/meanEpoch.ts";
import { encode, pets } from "../pets.ts";

/** Of three runs: 30, 25 + 5, 30, 30 samples. */
function summed(runs?: number) {
  const counts = [30, 25, 5, 30, 30];
  const blob = encode(4, [1, 2, 1, 1], [0, 1, 1, 2, 3], counts);
  return readEpoch(blob, pets, runs);
}

test("a matrix of one run is its own mean", () => {
  const epoch = summed();
  expect(meanOf(epoch)).toBe(epoch);
});

test("the mean of three runs is a third of their sum, and no more rounded", () => {
  const sum = summed(3);
  const mean = meanOf(sum);
  expect(mean.total).toBe(40);
  expect([...mean.cells.count]).toEqual([...sum.cells.count].map((n) => n / 3));
  expect(mean.sums.support[0]).toBe(40);
  expect(meanOf(sum)).toBe(mean);
  expect(meanOf(mean)).toBe(mean);
});

test("means keep their fractions when they are summed over groups", () => {
  const mean = meanOf(summed(3));
  for (const { nodes } of pets.levels) {
    const level = collapse(mean.cells, makeCut(pets, nodes), false);
    const all = [...level.count, ...level.diagonal];
    expect(all.reduce((sum, count) => sum + count, 0)).toBeCloseTo(40, 9);
  }
});

test("what is of three runs stays so in another order", () => {
  expect(reorderEpoch(summed(3), pets, pets).sums.runs).toBe(3);
});

test("three runs over the same samples are known as well as one of them", () => {
  const { sums } = summed(3);
  expect(recallInterval(sums, 0)).toEqual(wilsonInterval(40, 40));
  const leaf = [...pets.leaves].find((node) => sums.correct[node] === 25)!;
  expect(recallInterval(sums, leaf)).toEqual(wilsonInterval(25 / 3, 10));
});

test("sets of unequal size with the same means do not differ", () => {
  const one = meanOf(summed(3)).cells;
  const blob = encode(4, [1, 2, 1, 1], [0, 1, 1, 2, 3], [60, 50, 10, 60, 60]);
  const two = meanOf(readEpoch(blob, pets, 6)).cells;
  const found = subtract(one, two);
  expect(found.change.length).toBe(0);
  expect([...found.diagonal]).toEqual([0, 0, 0, 0]);
});

test("of sets what is known is flagged, by the nodes of a cell", () => {
  const blob = encode(4, [1, 2, 1, 1], [0, 1, 1, 2, 3], [90, 42, 48, 90, 90]);
  const many = readEpoch(blob, pets, 3);
  const found = subtract(meanOf(summed(3)).cells, meanOf(many).cells);
  expect(found.change.length).toBe(1);
  const at = pets.levels.length - 1;
  const cut = makeCut(pets, pets.levels[at]!.nodes);
  const nodes = [...pets.levels[at]!.nodes].sort(
    (a, b) => pets.logged[a]! - pets.logged[b]!,
  );
  const [row, column] = [found.row[0]!, found.column[0]!].map((place) =>
    nodes.indexOf(cut.nodes[place]!),
  );
  const tests = testsOfCells(pets, {
    level: at,
    tested: 3,
    rows: [row!, row!],
    columns: [column!, row!],
  });
  const chance = flagChanges(found, cut, tests, null);
  expect([...chance.isBeyond]).toEqual([1]);
  // Wrong classes of the right group, of one group.
  expect([...chance.isDiagonalBeyond].filter(Boolean)).toHaveLength(1);
  expect(chance).toMatchObject({ tested: 3, found: 2 });
  // Right answers are those of the group's recall.
  const right = new Set(cut.nodes.slice(0, 3));
  const all = flagChanges(found, cut, tests, right);
  expect([...all.isDiagonalBeyond]).toEqual([0, 0, 0, 1]);
  // Until it is known nothing is news; what another level says is of others.
  const none = { tested: 0, found: 0 };
  expect(flagChanges(found, cut, null, right)).toMatchObject(none);
  const coarse = testsOfCells(pets, {
    level: 0,
    tested: 1,
    rows: [0],
    columns: [1],
  });
  const other = flagChanges(found, cut, coarse, null);
  expect([...other.isBeyond]).toEqual([UNTESTED]);
  // One cell, and all four on the diagonal.
  expect(other).toMatchObject({ found: 0, untested: 5 });
  // Nor is a group of another level chance, or news, by its right answers.
  const ofRight = flagChanges(found, cut, coarse, right);
  expect([...ofRight.isDiagonalBeyond]).toEqual([...other.isDiagonalBeyond]);
});
