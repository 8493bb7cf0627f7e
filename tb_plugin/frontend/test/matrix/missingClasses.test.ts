import { expect, test } from "vitest";
import { changePainter } from "../../src/comparison/drawChanges.ts";
import { leafCut } from "../../src/confusion/pairs.ts";
import { drawNotches } from "../../src/matrix/canvas/drawMissingClasses.ts";
import type { DrawnChange, Frame } from "../../src/matrix/canvas/frame.ts";
import { pets, petsEpoch } from "../pets.ts";

const { sums } = petsEpoch;
const without = (name: string): typeof sums => {
  const support = sums.support.slice();
  support[pets.names.indexOf(name)] = 0;
  return { ...sums, support };
};

/** Rows that are marked; of four in 40 pixels, as they stand in the tree. */
function marked(change: Partial<DrawnChange> | null): number[] {
  const rows: number[] = [];
  const context = {
    fillRect: (_x: number, y: number) => rows.push(Math.floor(y / 10)),
  } as unknown as CanvasRenderingContext2D;
  const same = (place: number): number => place;
  drawNotches(context, {
    layout: { matrix: { x: 0, y: 0, size: 40 } },
    palette: {},
    window: { x: 0, y: 0, span: 4 },
    axes: { rows: same, columns: same },
    cut: leafCut(pets),
    data: { epoch: { ...petsEpoch, sums: without("pug") } },
    painter: change && changePainter(change as DrawnChange),
  } as unknown as Frame);
  return rows;
}

test("a row without samples is marked, of shares that changed in either", () => {
  expect(Array.from(pets.leaves, (leaf) => pets.names[leaf])).toEqual([
    "pug",
    "husky",
    "tabby",
    "bus",
  ]);
  expect(marked(null)).toEqual([0]);
  const both = { from: without("pug"), to: without("tabby") };
  const changes = (isShare: boolean) =>
    ({ changes: { isShare }, ...both }) as Partial<DrawnChange>;
  expect(marked(changes(true))).toEqual([0, 2]);
  expect(marked(changes(false))).toEqual([0]);
});
