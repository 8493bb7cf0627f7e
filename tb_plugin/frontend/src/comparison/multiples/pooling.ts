/** Groups large enough to compare: the small ones pooled with neighbours. */

import { chanceBehind } from "../../confusion/agreement.ts";
import type { Cells } from "../../confusion/cells.ts";
import { wilsonInterval } from "../../confusion/interval.ts";
import { isSurelyLower, staysFrom } from "../../confusion/since.ts";
import { makeCut } from "../../hierarchy/groups.ts";
import {
  lowestCommonAncestorOfNodes,
  type Tree,
  totalClasses,
} from "../../hierarchy/tree.ts";
import type { CurvePoint } from "../../server/answers.ts";

/** Blocks in display order that together hold every class. */
export interface Pools {
  /** Position to block. */
  groupOf: Uint16Array;
  /** [B + 1] first place of each block. */
  edge: Float64Array;
  /** [B] the number of classes in each. */
  classes: Float64Array;
}

/** Groups of fewer classes than this look like plaid: they show 0 or 1. */
export function leastClasses(tree: Tree): number {
  return Math.ceil(0.008 * totalClasses(tree));
}

/** Pools groups under `least` classes with the neighbour that is met lowest. */
export function poolsOf(tree: Tree, nodes: Int32Array, least: number): Pools {
  const { edge } = makeCut(tree, nodes);
  interface Pool {
    node: number;
    classes: number;
    members: number;
  }
  const pools: Pool[] = Array.from(nodes, (node, i) => ({
    node,
    members: 1,
    classes: edge[i + 1]! - edge[i]!,
  }));
  const span = (node: number): number => tree.stop[node]! - tree.start[node]!;
  const stuck = new Set<Pool>();
  for (;;) {
    let at = -1;
    pools.forEach((pool, i) => {
      if (pool.classes >= least || stuck.has(pool)) return;
      if (at < 0 || pool.classes < pools[at]!.classes) at = i;
    });
    if (at < 0) break;
    const pool = pools[at]!;
    const near = [at - 1, at + 1]
      .filter((i) => i >= 0 && i < pools.length)
      .map((i) => ({
        i,
        meet: lowestCommonAncestorOfNodes(tree, pool.node, pools[i]!.node),
      }))
      .filter(({ meet }) => meet !== 0)
      .sort(
        (a, b) =>
          span(a.meet) - span(b.meet) ||
          pools[a.i]!.classes - pools[b.i]!.classes,
      )[0];
    if (!near) {
      stuck.add(pool);
      continue;
    }
    const other = pools[near.i]!;
    pools.splice(Math.min(at, near.i), 2, {
      node: near.meet,
      classes: pool.classes + other.classes,
      members: pool.members + other.members,
    });
  }
  return blocksOf(tree, nodes, pools);
}

function blocksOf(
  tree: Tree,
  nodes: Int32Array,
  pools: readonly { members: number; classes: number }[],
): Pools {
  const groupOf = new Uint16Array(tree.leaves.length);
  const edge = new Float64Array(pools.length + 1);
  let at = 0;
  pools.forEach(({ members, classes }, block) => {
    const first = nodes[at]!;
    at += members;
    const last = nodes[at - 1]!;
    groupOf.fill(block, tree.start[first]!, tree.stop[last]!);
    edge[block + 1] = edge[block]! + classes;
  });
  return { groupOf, edge, classes: Float64Array.from(pools, (p) => p.classes) };
}

/** [R x C] errors per pair of different classes, row by row. */
export function densities(
  cells: Cells,
  rows: Pools,
  columns = rows,
): Float64Array {
  const [tall, wide] = [rows.classes.length, columns.classes.length];
  const density = new Float64Array(tall * wide);
  const { row, column, count } = cells;
  for (let k = 0; k < count.length; k++) {
    const from = rows.groupOf[row[k]!]!;
    density[from * wide + columns.groupOf[column[k]!]!]! += count[k]!;
  }
  for (let from = 0; from < tall; from++) {
    const [low, high] = [rows.edge[from]!, rows.edge[from + 1]!];
    for (let to = 0; to < wide; to++) {
      // A class is not confused with itself.
      const first = Math.max(low, columns.edge[to]!);
      const same = Math.max(Math.min(high, columns.edge[to + 1]!) - first, 0);
      const pairs = rows.classes[from]! * columns.classes[to]! - same;
      density[from * wide + to]! /= Math.max(pairs, 1);
    }
  }
  return density;
}

/** Colours of densities: logarithmic, nothing at all left out. */
export interface DensityScale {
  low: number;
  high: number;
  packed: Uint32Array;
}

/** A scale for all of the matrices: 2.5 decades up to the largest value. */
export function densityScale(
  all: readonly Float64Array[],
  shades: readonly (readonly [number, number, number])[],
): DensityScale {
  let high = 0;
  for (const density of all) {
    for (const value of density) high = Math.max(high, value);
  }
  high ||= 1;
  return {
    high,
    low: high / 320,
    packed: Uint32Array.from(
      shades,
      ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0,
    ),
  };
}

export function portionOf({ low, high }: DensityScale, value: number): number {
  if (value <= low) return 0;
  return Math.min(Math.log(value / low) / Math.log(high / low), 1);
}

export function decades({ low, high }: DensityScale): number[] {
  const ticks: number[] = [];
  const first = Math.ceil(Math.log10(low) - 1e-9);
  for (let power = first; 10 ** power <= high * (1 + 1e-9); power++) {
    ticks.push(10 ** power);
  }
  return ticks;
}

/** Fills a square of pixels; blocks without errors stay transparent. */
export function rasteriseDensities(
  pixels: Uint32Array,
  side: number,
  density: Float64Array,
  { rows, columns }: Record<"rows" | "columns", Pools>,
  scale: DensityScale,
): void {
  pixels.fill(0);
  const [tall, wide] = [rows.classes.length, columns.classes.length];
  const pixelsOf = ({ edge }: Pools): Int32Array =>
    Int32Array.from(edge, (place) => Math.round((place * side) / edge.at(-1)!));
  const [down, at] = [pixelsOf(rows), pixelsOf(columns)];
  const last = scale.packed.length - 1;
  for (let row = 0; row < tall; row++) {
    const [top, bottom] = [down[row]!, down[row + 1]!];
    if (bottom <= top) continue;
    for (let column = 0; column < wide; column++) {
      const value = density[row * wide + column]!;
      if (value === 0) continue;
      const shade = Math.round(portionOf(scale, value) * last);
      const from = top * side;
      pixels.fill(
        scale.packed[shade]!,
        from + at[column]!,
        from + at[column + 1]!,
      );
    }
    // Every line of a block is the same.
    const line = pixels.subarray(top * side, (top + 1) * side);
    for (let y = top + 1; y < bottom; y++) pixels.set(line, y * side);
  }
}

/** Steps spread like those of a logarithmic axis, first and last included. */
export function spacedSteps(steps: readonly number[], most: number): number[] {
  const count = Math.min(most, steps.length);
  if (count < 2) return steps.slice(0, count);
  const origin = steps[0]! - 1;
  const log = (step: number): number => Math.log(step - origin);
  const range = log(steps.at(-1)!);
  const chosen: number[] = [];
  let next = 0;
  for (let i = 0; i < count; i++) {
    const wanted = (range * i) / (count - 1);
    // As many must be left as are still to come.
    const latest = steps.length - (count - i);
    let at = next;
    while (
      at < latest &&
      Math.abs(log(steps[at + 1]!) - wanted) <
        Math.abs(log(steps[at]!) - wanted)
    ) {
      at++;
    }
    chosen.push(steps[i === count - 1 ? steps.length - 1 : at]!);
    next = at + 1;
  }
  return chosen;
}

/**
 * The first epoch from which a level keeps 90 % of its last kappa.
 *
 * Null where the end is within chance, undefined where no rise can be told
 * from noise.
 */
export function learntBy(
  points: readonly CurvePoint[],
  index: number,
): number | null | undefined {
  const known = points.flatMap(({ step, kappa, accuracy, samples, runs }) => {
    const [share, right] = [kappa?.[index], accuracy?.[index]];
    if (typeof share !== "number" || typeof right !== "number") return [];
    return [{ step, share, right, samples: (samples ?? 0) / (runs ?? 1) }];
  });
  const last = known.at(-1);
  // What is no better than chance in the end was never learnt.
  if (!last || last.share <= 0) return null;
  const chance = chanceBehind(last.right, last.share);
  const right = Math.round(last.right * last.samples);
  const { low } = wilsonInterval(right, last.samples);
  // Where all are right there is no telling from the two what chance is.
  if (chance !== undefined && low <= chance) return null;
  const nearly = 0.9 * last.share;
  const compared = known.map((at) => {
    const guessed = chanceBehind(at.right, at.share);
    const isLower =
      guessed !== undefined &&
      isSurelyLower(at.right, guessed, nearly, at.samples);
    return { ...at, isLower };
  });
  return staysFrom(compared, nearly) ?? undefined;
}
