// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { buildTree, type Tree } from "../../src/hierarchy/tree.ts";
import type { CurvePoint } from "../../src/server/answers.ts";
import * as view from "../../src/state/all.ts";
import { reached } from "../../src/timeline/Thresholds.tsx";
import { pets } from "../pets.ts";

/** The point of an epoch whose samples of two groups are counted by hand. */
function pointOf(step: number, [here, there]: number[][]): CurvePoint {
  const [a, b] = [here!, there!];
  const groupOf = (own: number[], other: number[], at: number) => {
    const actual = own[0]! + own[1]!;
    const predicted = own[at]! + other[at]!;
    return {
      actual,
      predicted,
      recall: actual ? own[at]! / actual : null,
      precision: predicted ? own[at]! / predicted : null,
    };
  };
  const samples = a[0]! + a[1]! + b[0]! + b[1]!;
  return { step, samples, nodes: [groupOf(a, b, 0), groupOf(b, a, 1)] };
}

function draw(tree: Tree, nodes: number[], points: CurvePoint[]): void {
  view.tree.value = tree;
  view.loadedCurves.value = { run: "", output: "", points, nodes, tree };
}

const said = (): [string, number | null, number][] =>
  reached.value.map(({ name, from, now }) => [name, from, now]);

/** Animals and cars. */
const GROUPS = [1, 7];
const GOOD = [
  [50, 0],
  [0, 50],
];

test("a network that names one group only tells none from the others", () => {
  const collapsed = [
    [50, 0],
    [50, 0],
  ];
  const all = [GOOD, GOOD, collapsed, collapsed];
  draw(
    pets,
    GROUPS,
    all.map((counts, at) => pointOf(at + 1, counts)),
  );
  expect(said()).toEqual([
    ["animal", null, 0],
    ["car", null, 0],
  ]);
});

test("what stays is said of groups that the last epoch has samples of", () => {
  const swapped = [
    [0, 50],
    [50, 0],
  ];
  const animals = [
    [50, 0],
    [0, 0],
  ];
  const oneCar = [
    [0, 0],
    [0, 1],
  ];
  const points = [GOOD, swapped, animals, oneCar].map((counts, at) =>
    pointOf(at + 1, counts),
  );
  draw(pets, GROUPS, points);
  expect(said()).toEqual([["car", null, 0]]);
  // An epoch that cannot be read ends nothing.
  const torn = { step: 3, error: "truncated" };
  draw(pets, GROUPS, [points[0]!, points[0]!, torn]);
  expect(said()).toEqual([
    ["animal", 1, 1],
    ["car", 1, 1],
  ]);
});

test("a group that all classes are in is told from nothing", () => {
  const tree = buildTree({
    parents: [-1, 0, 1, 1],
    ids: ["all", "animal", "dog", "cat"],
    names: ["all", "animal", "dog", "cat"],
    labels: [-1, -1, 0, 1],
    sizes: [1, 1],
    levels: [{ groups: 2, nodes: [2, 3] }],
  });
  const whole = { recall: 1, precision: 1, actual: 100, predicted: 100 };
  const { nodes = [], ...point } = pointOf(1, GOOD);
  draw(tree, [1, 2, 3], [{ ...point, nodes: [whole, ...nodes] }]);
  expect(said().map(([name]) => name)).toEqual(["dog", "cat"]);
});

test("a recall is as sure as that of one of the runs it is the mean of", () => {
  // 36 of 50 and then all, beyond chance 0.44 and 1: told of three times as many.
  const counts = (n: number) => [
    [36 * n, 14 * n],
    [14 * n, 36 * n],
  ];
  const all = (n: number) => GOOD.map((row) => row.map((each) => each * n));
  const points = (n: number) => [pointOf(1, counts(n)), pointOf(2, all(n))];
  draw(pets, GROUPS, points(1));
  expect(said()[0]).toEqual(["animal", null, 1]);
  draw(pets, GROUPS, points(3));
  expect(said()[0]).toEqual(["animal", 2, 1]);
  draw(
    pets,
    GROUPS,
    points(3).map((point) => ({ ...point, runs: 3 })),
  );
  expect(said()[0]).toEqual(["animal", null, 1]);
});
