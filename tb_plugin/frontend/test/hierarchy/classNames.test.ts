import { expect, test } from "vitest";
import {
  fullName,
  nameRanks,
  tellingId,
} from "../../src/hierarchy/classNames.ts";
import { buildTree } from "../../src/hierarchy/tree.ts";

const tree = buildTree({
  parents: [-1, 0, 1, 1, 0, 4],
  ids: ["root", "bird", "n02012849", "n1", "machine", "n03126707"],
  names: ["all", "bird", "crane", "owl 10", "owl 9", "crane"],
  labels: [-1, -1, 0, 1, -1, 2],
  sizes: [1, 1, 1],
  levels: [{ groups: 3, nodes: [2, 3, 5] }],
});

test("two of a name are told apart by their ids", () => {
  expect(fullName(tree, 2)).toBe("crane (n02012849)");
  expect(fullName(tree, 5)).toBe("crane (n03126707)");
  expect(fullName(tree, 3)).toBe("owl 10");
  expect(tellingId(tree, 1)).toBeNull();
});

test("the alphabet counts", () => {
  const ranks = nameRanks(tree);
  expect(ranks[4]).toBeLessThan(ranks[3]!);
  expect(ranks[0]).toBe(0);
});
