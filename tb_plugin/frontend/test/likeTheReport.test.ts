/**
 * The page looks like the pictures of `keras-hier report`: the same results
 * from the same input, to which `tests/report/test_like_the_page.py` holds the
 * library.
 */

import { describe, expect, test } from "vitest";
import golden from "../../../tests/golden/drawing.json";
import { collapse, readEpoch } from "../src/confusion/cells.ts";
import {
  histogram,
  makeScale,
  type Scale,
  shadeAt,
} from "../src/confusion/cellValues.ts";
import { makeCut } from "../src/hierarchy/groups.ts";
import { buildTree, type Tree } from "../src/hierarchy/tree.ts";
import { boxesOf } from "../src/matrix/canvas/icicle.ts";
import { axisOf } from "../src/matrix/canvas/rasterise.ts";
import { layoutFor } from "../src/state/pageLayout.ts";
import { DARK, inkOn, LIGHT, rgb } from "../src/ui/colours.ts";
import { place, shorten, spread } from "../src/ui/textFitting.ts";
import { encodeCells, pets, petsEpoch } from "./pets.ts";

/** A scale of counts, which needs no more than its ends here. */
function scaleTo(high: number): Scale {
  const cut = makeCut(pets, pets.levels.at(-1)!.nodes);
  return { ...makeScale("count", petsEpoch.sums, cut, LIGHT), high };
}

describe("colours", () => {
  test.each(golden.ramps)("shades of counts, $theme", ({ theme, shades }) => {
    const palette = theme === "dark" ? DARK : LIGHT;
    const cut = makeCut(pets, pets.levels.at(-1)!.nodes);
    const scale = makeScale("count", petsEpoch.sums, cut, palette);
    for (const [index, colour] of shades) {
      expect(scale.shades[index as number], `${index}`).toEqual(
        rgb(colour as string),
      );
    }
    expect(scale.shades).toHaveLength((shades.at(-1)![0] as number) + 1);
  });

  test("numbers in cells are black or white", () => {
    for (const [colour, ink] of golden.inks) {
      expect(inkOn(rgb(colour!)), colour).toBe(ink);
    }
  });
});

describe("the scale of counts", () => {
  test.each(golden.shades)("shades up to $high", ({ high, counts, shades }) => {
    const scale = scaleTo(high);
    expect(counts.map((count) => shadeAt(scale, count))).toEqual(shades);
  });

  test.each(golden.bins)("bins up to $high", ({ high, from }) => {
    const bins = histogram(scaleTo(high), petsEpoch.cells);
    expect(bins.map((bin) => bin.from)).toEqual(from);
  });
});

type Case = (typeof golden.matrices)[number];

function read({ tree: json, cells }: Case) {
  const tree = buildTree(json);
  const matrix = encodeCells(tree.leaves.length, cells);
  return { tree, epoch: readEpoch(matrix, tree) };
}

const nodesOf = (tree: Tree, groups: number): Int32Array =>
  tree.levels.find((level) => level.groups === groups)!.nodes;

describe.each(golden.matrices)("a matrix: $name", (each) => {
  const { tree, epoch } = read(each);

  test("sums of nodes", () => {
    const { support, predictedCount, truePositives, correct } = epoch.sums;
    expect([...support]).toEqual(each.actual);
    expect([...predictedCount]).toEqual(each.predicted);
    expect([...truePositives]).toEqual(each.truePositives);
    expect([...correct]).toEqual(each.right);
  });

  test("boxes of the trees", () => {
    const columns = tree.levels.slice(0, -1).slice(0, 3);
    const boxes = boxesOf(
      tree,
      columns.map(({ nodes }) => nodes),
    );
    expect(
      boxes.map(({ node, from, to, low, high }) => [node, from, to, low, high]),
    ).toEqual(each.boxes);
  });

  test.each(each.levels)("$groups groups", (level) => {
    const cut = makeCut(tree, nodesOf(tree, level.groups));
    expect([...cut.edge]).toEqual(level.edge);
    const found = collapse(epoch.cells, cut, true);
    const cells = [...found.count].map((count, k) => [
      found.row[k]!,
      found.column[k]!,
      count,
    ]);
    // The page keeps the diagonal apart: errors that stay in their group.
    found.diagonal.forEach((count, group) => {
      if (count > 0) cells.push([group, group, count]);
    });
    cells.sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
    expect(cells).toEqual(level.cells);
    const drawn = [found];
    const scale = makeScale("count", epoch.sums, cut, LIGHT, { drawn });
    expect(scale.high).toBeCloseTo(level.high, 9);
    const bins = histogram(scale, found);
    expect(bins.map(({ from, cells }) => [from, cells])).toEqual(
      level.histogram,
    );
  });
});

describe.each(golden.spans)("$edge.length edges in $side pixels", (each) => {
  const { edge, side, ratio } = each;
  const places = Float64Array.from(edge);
  const axis = axisOf(places, 0, side / edge.at(-1)!, ratio);

  // What reaches beyond the matrix the page cuts and the report moves inside.
  const inside = (low: Int32Array, high: Int32Array): number[][] =>
    [...low].map((from, i) => {
      const long = high[i]! - from;
      const at = Math.min(Math.max(from, 0), side - long);
      return [at, at + long];
    });

  test("pixels of rows", () => {
    expect(inside(axis.markLow, axis.markHigh)).toEqual(each.weak);
    expect(inside(axis.strongLow, axis.strongHigh)).toEqual(each.strong);
  });
});

describe("names", () => {
  test.each(golden.spread)(
    "are spread: $wanted",
    ({ wanted, at, ...bounds }) => {
      const found = spread(wanted, bounds);
      expect(found).toHaveLength(at.length);
      found.forEach((each, i) => {
        expect(each).toBeCloseTo(at[i]!, 9);
      });
    },
  );

  test.each(golden.place)("are placed, $most pixels away at most", (each) => {
    const { wanted, pitch, low, high, most, placed } = each;
    const candidates = wanted.map(([at, weight], index) => ({
      index,
      wanted: at!,
      weight: weight!,
    }));
    const found = place(candidates, { pitch, low, high }, most);
    expect(found.map(({ item }) => item.index)).toEqual(
      placed.map(([index]) => index),
    );
    found.forEach(({ at }, i) => {
      expect(at).toBeCloseTo(placed[i]![1]!, 5);
    });
  });

  test("are cut", () => {
    for (const [text, width, cut] of golden.shorten) {
      const found = shorten(
        text as string,
        width as number,
        ({ length }) => length,
      );
      expect(found).toBe(cut);
    }
  });
});

test("what stands around the matrix", () => {
  const { matrix, columns, rows, ...page } = layoutFor(1440, 836);
  const { ticks, rightBars, lowerBars } = page;
  const names = page.rowLabels!;
  expect({
    rightBars: {
      gap: rightBars.x - matrix.x - matrix.size,
      width: rightBars.width,
    },
    lowerBars: {
      gap: lowerBars.y - matrix.y - matrix.size,
      height: lowerBars.height,
    },
    ticks: {
      left: matrix.x - ticks.x,
      above: matrix.y - ticks.y,
      width: ticks.width,
      height: ticks.height,
    },
    firstColumn: columns[1] - columns[0],
    rows: rows.slice(1).map((row, i) => row - rows[i]!),
    names: names.x - columns[3],
    recallToLeader: names.leader - names.recall,
    leader: matrix.x - names.leader,
  }).toEqual(golden.layout);
});
