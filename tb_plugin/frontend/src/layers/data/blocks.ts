/** Answers between groups, beside what chance would give. */

import { type Cells, collapse, type Epoch } from "../../confusion/cells.ts";
import { makeTests } from "../../confusion/chance/countTest.ts";
import { makeCut } from "../../hierarchy/groups.ts";
import { nearestLevel, type Tree } from "../../hierarchy/tree.ts";

/** Answers of a probe between G groups. */
export interface Blocks {
  nodes: Int32Array;
  /** [G + 1] first place of each group. */
  edge: Float64Array;
  /** [G x G] samples, those of the right group on the diagonal. */
  counts: Float64Array;
  /** [G x G] the same without right answers. */
  errors: Float64Array;
  /** [G x G] errors that answers at random would make, as often as these. */
  chance: Float64Array;
  /** [G] share of the samples of a group that are named in it. */
  recall: Float64Array;
}

function dense({ size, row, column, count, diagonal }: Cells): Float64Array {
  const found = new Float64Array(size * size);
  for (let k = 0; k < count.length; k++) {
    found[row[k]! * size + column[k]!] = count[k]!;
  }
  diagonal.forEach((inside, at) => {
    found[at * size + at] = inside;
  });
  return found;
}

export function blocksOf(
  { cells, sums, total }: Epoch,
  tree: Tree,
  nodes: Int32Array,
): Blocks {
  const cut = makeCut(tree, nodes);
  const size = nodes.length;
  const counts = dense(collapse(cells, cut, false));
  const errors = dense(collapse(cells, cut, true));
  // Right answers are no errors by chance either.
  const own = new Float64Array(size);
  tree.leaves.forEach((leaf, at) => {
    own[cut.groupOf[at]!]! += sums.support[leaf]! * sums.predictedCount[leaf]!;
  });
  const chance = counts.map((_, at) => {
    const [row, column] = [Math.floor(at / size), at % size];
    const drawn =
      sums.support[nodes[row]!]! * sums.predictedCount[nodes[column]!]!;
    return (drawn - (row === column ? own[row]! : 0)) / total;
  });
  const recall = Float64Array.from(
    nodes,
    (node) => sums.truePositives[node]! / sums.support[node]!,
  );
  return { nodes, edge: cut.edge, counts, errors, chance, recall };
}

/** How the errors of a probe differ from those of another. */
export interface Moved {
  /** [G x G] change, times chance; NaN within it. */
  change: Float64Array;
  /** Errors that leave their group, and that stay inside. */
  out: Change;
  inside: Change;
}

export interface Change {
  by: number;
  isBeyond: boolean;
}

/** What moved at several layers, and how many of their cells did. */
export interface Moves {
  moved: Moved[];
  tested: number;
  found: number;
}

/** [G] samples of each group. */
function samplesOf({ counts, nodes: { length } }: Blocks): Float64Array {
  const sums = new Float64Array(length);
  counts.forEach((count, at) => {
    sums[Math.floor(at / length)]! += count;
  });
  return sums;
}

/** Errors that leave their group, and those that stay inside. */
function sidesOf({ errors, nodes: { length } }: Blocks): [number, number] {
  let [out, inside] = [0, 0];
  errors.forEach((count, at) => {
    if (at % (length + 1) === 0) inside += count;
    else out += count;
  });
  return [out, inside];
}

/**
 * How layers differ from an untrained one beyond chance.
 *
 * The cells of all layers are one family of tests, their sums another.
 */
export function movesFrom(there: Blocks, layers: readonly Blocks[]): Moves {
  const [cells, sums] = [makeTests(), makeTests()];
  const size = there.nodes.length;
  const before = samplesOf(there);
  const all = before.reduce((sum, count) => sum + count, 0);
  const sides = sidesOf(there);
  layers.forEach((here, layer) => {
    const samples = samplesOf(here);
    here.errors.forEach((count, at) => {
      const row = Math.floor(at / size);
      const place = layer * size * size + at;
      cells.count(place, there.errors[at]!, count, before[row]!, samples[row]!);
    });
    const now = samples.reduce((sum, count) => sum + count, 0);
    sidesOf(here).forEach((count, side) => {
      sums.count(2 * layer + side, sides[side]!, count, all, now);
    });
  });
  const { found, tested } = cells.beyond();
  const beyond = { cells: new Set(found), sums: new Set(sums.beyond().found) };
  const moved = layers.map((here, layer): Moved => {
    const change = here.errors.map((count, at) => {
      if (!beyond.cells.has(layer * size * size + at)) return Number.NaN;
      const by = count - there.errors[at]!;
      return (2 * by) / (here.chance[at]! + there.chance[at]!);
    });
    const [out, inside] = sidesOf(here).map(
      (count, side): Change => ({
        by: count - sides[side]!,
        isBeyond: beyond.sums.has(2 * layer + side),
      }),
    ) as [Change, Change];
    return { change, out, inside };
  });
  return { moved, tested, found: found.length };
}

/** As many groups have a pixel each in a small matrix. */
const FEW = 100;
/** Groups that a matrix of more is pooled to, about. */
const POOLED = 15;
/** Without groups in between, pictures of more would show nothing. */
const MOST = 200;

/** The groups that moved errors are pooled to; null without any. */
export function pooledNodes({ levels }: Tree): Int32Array | null {
  const { nodes } = levels[nearestLevel(levels, POOLED)]!;
  return nodes.length <= MOST ? nodes : null;
}

/** A level, and how many cells of its matrix are beyond chance. */
export interface Seen {
  nodes: Int32Array;
  found: number;
}

/**
 * The level at which there is most to see: many cells beyond chance, and not
 * too few among all. Three groups have nine cells; most of 10,000 are empty.
 */
export function clearestOf(levels: readonly Seen[]): Int32Array | null {
  let [best, most] = [null as Int32Array | null, 0];
  for (const { nodes, found } of levels) {
    const worth = found * Math.sqrt(found / nodes.length ** 2);
    if (worth > most) [best, most] = [nodes, worth];
  }
  return best;
}

/** The same of a layer against an untrained one; null where none is shown. */
export function clearestNodes(
  { levels }: Tree,
  there: (nodes: Int32Array) => Blocks,
  here: (nodes: Int32Array) => Blocks,
): Int32Array | null {
  const candidates = levels.filter(
    ({ nodes }) => nodes.length > 1 && nodes.length <= FEW,
  );
  return clearestOf(
    candidates.map(({ nodes }) => ({
      nodes,
      found: movesFrom(there(nodes), [here(nodes)]).found,
    })),
  );
}

/** The groups to draw for a level of so many: its own, or those pooled to. */
export function drawnNodes(
  { levels }: Tree,
  groups: number,
  pooled: Int32Array | null,
): Int32Array | null {
  const { nodes } = levels[nearestLevel(levels, groups)]!;
  return nodes.length <= FEW ? nodes : pooled;
}
