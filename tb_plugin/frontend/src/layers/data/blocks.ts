/** Answers between groups, beside what chance would give. */

import { type Cells, collapse, type Epoch } from "../../confusion/cells.ts";
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

/**
 * Whether two counts differ by two standard errors.
 *
 * That of the difference of two independent counts, which is too large where
 * both are of the same samples.
 */
function isBeyond(here: number, there: number): boolean {
  return Math.abs(here - there) > 2 * Math.sqrt(here + there);
}

export function movedFrom(there: Blocks, here: Blocks): Moved {
  const size = here.nodes.length;
  const sums = { out: [0, 0], inside: [0, 0] };
  const change = here.errors.map((count, at) => {
    const before = there.errors[at]!;
    const side = at % (size + 1) === 0 ? sums.inside : sums.out;
    side[0]! += before;
    side[1]! += count;
    if (!isBeyond(count, before)) return Number.NaN;
    return (2 * (count - before)) / (here.chance[at]! + there.chance[at]!);
  });
  const changed = ([before, now]: number[]): Change => ({
    by: now! - before!,
    isBeyond: isBeyond(now!, before!),
  });
  return { change, out: changed(sums.out), inside: changed(sums.inside) };
}

/** As many groups can be told apart in a small matrix. */
const FEW = 42;
/** Groups that a matrix of more is pooled to, about. */
const POOLED = 15;
/** Without groups in between, pictures of more would show nothing. */
const MOST = 200;

/** The groups that moved errors are pooled to; null without any. */
export function pooledNodes({ levels }: Tree): Int32Array | null {
  const { nodes } = levels[nearestLevel(levels, POOLED)]!;
  return nodes.length <= MOST ? nodes : null;
}

/** The groups to draw for a level of so many: its own, or fewer. */
export function drawnNodes(tree: Tree, groups: number): Int32Array | null {
  const { levels } = tree;
  const { nodes } = levels[nearestLevel(levels, groups)]!;
  return nodes.length <= FEW ? nodes : pooledNodes(tree);
}
