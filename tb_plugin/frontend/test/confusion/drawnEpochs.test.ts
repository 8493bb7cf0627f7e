/** Epochs that are drawn at random, against plain sums over their matrix. */

import { expect, test } from "vitest";
import { countAt, readEpoch } from "../../src/confusion/cells.ts";
import { histogram, makeScale } from "../../src/confusion/cellValues.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import {
  ancestors,
  buildTree,
  lowestCommonAncestor,
} from "../../src/hierarchy/tree.ts";
import { drawnNumbers } from "../drawnNumbers.ts";
import { encodeCells } from "../pets.ts";

/** A deep uneven tree, and a matrix over its classes as rows of counts. */
function drawn(seed: number) {
  const next = drawnNumbers(seed);
  const parents = [-1];
  const grow = (node: number, depth: number): void => {
    const children = depth < 2 ? 3 : Math.floor((6 - depth) * next());
    for (let child = 0; child < children; child++) {
      parents.push(node);
      grow(parents.length - 1, depth + 1);
    }
  };
  grow(0, 0);
  const inner = new Set(parents);
  const leaves = parents.flatMap((_, node) => (inner.has(node) ? [] : node));
  // Labels are anywhere in the tree.
  const labels = leaves
    .map((leaf) => ({ leaf, at: next() }))
    .sort((a, b) => a.at - b.at);
  const names = parents.map(String);
  const tree = buildTree({
    parents,
    ids: names,
    names,
    labels: parents.map((_, node) =>
      labels.findIndex(({ leaf }) => leaf === node),
    ),
    sizes: leaves.map(() => 1),
    levels: [],
  });
  const dense = leaves.map(() =>
    leaves.map(() => (next() < 0.4 ? Math.ceil(100 * next() ** 4) : 0)),
  );
  const cells = dense.flatMap((counts, row) =>
    counts.flatMap((count, column) => (count ? [[row, column, count]] : [])),
  );
  const epoch = readEpoch(encodeCells(leaves.length, cells), tree);
  return { tree, dense, epoch };
}

test.each([1, 2, 3, 4, 5])(
  "an epoch is its matrix, counted plainly (%i)",
  (seed) => {
    const { tree, dense, epoch } = drawn(seed);
    const size = tree.leaves.length;
    expect(size).toBeGreaterThan(5);
    const nodes = tree.parent.length;
    const [actual, predicted, inside, right] = [0, 1, 2, 3].map(
      () => new Float64Array(nodes),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array];
    const add = (sums: Float64Array, node: number, count: number): void => {
      for (const at of [node, ...ancestors(tree, node)]) sums[at]! += count;
    };
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const count = dense[tree.order[row]!]![tree.order[column]!]!;
        expect(countAt(epoch.cells, row, column)).toBe(count);
        add(actual, tree.leaves[row]!, count);
        add(predicted, tree.leaves[column]!, count);
        add(inside, lowestCommonAncestor(tree, row, column), count);
        if (row === column) add(right, tree.leaves[row]!, count);
      }
    }
    expect(epoch.sums.support).toEqual(actual);
    expect(epoch.sums.predictedCount).toEqual(predicted);
    expect(epoch.sums.truePositives).toEqual(inside);
    expect(epoch.sums.correct).toEqual(right);
  },
);

test.each([1, 2, 3])(
  "the legend counts what stands in each bin (%i)",
  (seed) => {
    const { tree, epoch } = drawn(seed);
    const cut = makeCut(tree, tree.leaves);
    const palette = { counts: ["#ff0000", "#0000ff"] };
    const everything = new Uint8Array(tree.leaves.length).fill(1);
    for (const kind of ["count", "share"] as const) {
      const scale = makeScale(kind, epoch.sums, cut, palette);
      const bins = histogram(scale, epoch.cells);
      const oneByOne = { rows: everything, columns: everything };
      expect(bins).toEqual(histogram(scale, epoch.cells, oneByOne));
      const { diagonal, count } = epoch.cells;
      expect(bins.reduce((sum, { cells }) => sum + cells, 0)).toBe(
        count.length + diagonal.filter((each) => each > 0).length,
      );
    }
  },
);
