import { expect, test } from "vitest";
import { nodesOver } from "../../src/hierarchy/cover.ts";
import { pets } from "../pets.ts";

test("a span of positions is made up of the largest groups that fit", () => {
  const all = pets.leaves.length;
  for (let from = 0; from < all; from++) {
    for (let to = from + 1; to <= all; to++) {
      const nodes = nodesOver(pets, [from, to]);
      let at = from;
      for (const node of nodes) {
        expect(pets.start[node]).toBe(at);
        at = pets.stop[node]!;
      }
      expect(at).toBe(to);
      // No two of them are all that their parent holds.
      for (const node of nodes) {
        const above = pets.parent[node]!;
        const fits =
          above >= 0 && pets.start[above]! >= from && pets.stop[above]! <= to;
        expect(fits).toBe(false);
      }
    }
  }
  expect(nodesOver(pets, [0, all])).toEqual([0]);
  expect(nodesOver(pets, [1, 1])).toEqual([]);
});
