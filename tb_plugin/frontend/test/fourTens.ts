/** A run of forty classes in four groups of ten. */

import type { Source } from "../src/server/source.ts";
import { memorySource, petsRun, TREE } from "./memorySource.ts";
import { encodeCells } from "./pets.ts";

// Of ten samples of each class one is named as the class seven further on.
const CLASSES = 40;
const GROUPS = [0, 1, 2, 3];
const TENS = Array.from({ length: 10 }, (_, k) => k);
const nodes = (group: unknown[], of: (g: number, k: number) => unknown) =>
  GROUPS.flatMap((g) => [group[g], ...TENS.map((k) => of(g, k))]);
const json = {
  parents: [-1, ...nodes([0, 0, 0, 0], (g) => 1 + 11 * g)],
  ids: ["all", ...nodes(["g0", "g1", "g2", "g3"], (g, k) => `c${10 * g + k}`)],
  names: ["all", ...nodes([..."abcd"], (g, k) => `class ${"abcd"[g]}${k}x`)],
  labels: [-1, ...nodes([-1, -1, -1, -1], (g, k) => 10 * g + k)],
  sizes: new Array(CLASSES).fill(1),
  levels: [
    { groups: 4, nodes: [1, 12, 23, 34] },
    {
      groups: CLASSES,
      nodes: GROUPS.flatMap((g) => TENS.map((k) => 11 * g + 2 + k)),
    },
  ],
};

const cells = Array.from({ length: CLASSES }, (_, row) => {
  const other = (row + 7) % CLASSES;
  const both = [
    [row, row, 9],
    [row, other, 1],
  ];
  return row < other ? both : both.reverse();
}).flat();
const matrix = encodeCells(CLASSES, cells, TREE);

export const fourTens: Source = {
  ...memorySource([petsRun]),
  hierarchy: async () => structuredClone(json) as never,
  matrix: async () => matrix.slice(0),
};
