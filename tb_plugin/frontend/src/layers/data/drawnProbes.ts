/** The matrices as they are drawn: blocks of the level, and what moved. */

import { computed, type ReadonlySignal } from "@preact/signals";
import type { Tree } from "../../hierarchy/tree.ts";
import { rgb } from "../../ui/colours.ts";
import { palette } from "../../ui/theme.ts";
import {
  type Blocks,
  blocksOf,
  clearestNodes,
  drawnNodes,
  type Moved,
  movesFrom,
  pooledNodes,
} from "./blocks.ts";
import { chosenLevel } from "./chosenLayer.ts";
import { greysOf, packed, packedRamp } from "./greys.ts";
import { record } from "./loadLayers.ts";
import {
  logged,
  outputOf,
  type Probe,
  probes,
  UNTRAINED,
} from "./probeMatrices.ts";

export interface Drawn {
  tree: Tree;
  blocks: Blocks;
}

export interface DrawnMove extends Drawn {
  /** Of the untrained network. */
  before: Blocks;
  moved: Moved;
}

// Every answer that comes counts anew what has come: only once each.
const counted = new WeakMap<Probe, Map<Int32Array, Blocks>>();

function count(probe: Probe, nodes: Int32Array): Blocks {
  const known = counted.get(probe) ?? new Map<Int32Array, Blocks>();
  counted.set(probe, known);
  const blocks = known.get(nodes) ?? blocksOf(probe.epoch, probe.tree, nodes);
  known.set(nodes, blocks);
  return blocks;
}

const untrained = computed(() => probes.value.get(UNTRAINED));
const lastProbe = computed(() => {
  const last = record.value?.layers.at(-1);
  return last === undefined ? undefined : probes.value.get(outputOf(last));
});
const anyTree = computed(() => probes.value.values().next().value?.tree);

/**
 * The groups that finer levels are pooled to: where the last layer differs most
 * from an untrained one. Without both it is a level of about fifteen.
 */
const pooled = computed<Int32Array | null>(() => {
  const [there, here] = [untrained.value, lastProbe.value];
  const tree = here?.tree ?? anyTree.value;
  if (!tree) return null;
  const clearest =
    here && there?.tree === tree
      ? clearestNodes(
          tree,
          (nodes) => count(there, nodes),
          (nodes) => count(here, nodes),
        )
      : null;
  return clearest ?? pooledNodes(tree);
});

/** Of each layer, the blocks of the level; null while there are none. */
export const drawnProbes = computed<readonly (Drawn | null)[]>(() => {
  const of = record.value;
  const groups = of?.groups[chosenLevel.value] ?? 1;
  return (of?.layers ?? []).map((layer) => {
    const probe = probes.value.get(outputOf(layer));
    const nodes = probe && drawnNodes(probe.tree, groups, pooled.value);
    return nodes ? { tree: probe.tree, blocks: count(probe, nodes) } : null;
  });
});

/** What moved against the untrained network, of the layers that have come. */
const moves = computed(() => {
  const there = probes.value.get(UNTRAINED);
  const nodes = pooled.value;
  if (!there || !nodes) return null;
  const come = (record.value?.layers ?? []).filter(
    (layer) => probes.value.get(outputOf(layer))?.tree === there.tree,
  );
  const before = count(there, nodes);
  const blocks = come.map((layer) =>
    count(probes.value.get(outputOf(layer))!, nodes),
  );
  const { moved, tested, found } = movesFrom(before, blocks);
  const byLayer = new Map(
    come.map((layer, at): [string, DrawnMove] => [
      layer,
      { tree: there.tree, before, blocks: blocks[at]!, moved: moved[at]! },
    ]),
  );
  return { byLayer, tested, found };
});

/** Of each layer, what moved against the untrained network. */
export const drawnMoves = computed<readonly (DrawnMove | null)[]>(() =>
  (record.value?.layers ?? []).map(
    (layer) => moves.value?.byLayer.get(layer) ?? null,
  ),
);

/** Cells that were tested together, and how many of them moved. */
export const movesTested: ReadonlySignal<{
  tested: number;
  found: number;
} | null> = moves;

export const matrixRows = computed(() => {
  const { size } = logged.value;
  return { probes: size > 0, moved: size > 1 && logged.value.has(UNTRAINED) };
});

/** Errors, times chance: where the ramp begins and ends. */
export const CHANCE = { low: 1 / 4, high: 8 } as const;
/** Changes, times chance: where both ramps end. */
export const MOST_MOVED = 1.6;

/** The colour of a block, as pixels of a canvas have it. */
export type Colour = (row: number, column: number) => number;

function rampOf(stops: readonly string[]): (t: number) => number {
  const ramp = packedRamp(stops);
  const last = ramp.length - 1;
  return (t) => ramp[Math.round(Math.min(Math.max(t, 0), 1) * last)]!;
}

const colours = computed(() => {
  const { density, changes, fill } = palette.value;
  return {
    errors: rampOf(density),
    right: rampOf(greysOf(palette.value)),
    moved: rampOf(changes),
    none: packed(rgb(fill)),
  };
});

export function colourOfBlock(of: Blocks): Colour {
  const { errors, right, none } = colours.value;
  const perTimes = 1 / Math.log(CHANCE.high / CHANCE.low);
  return (row, column) => {
    const at = row * of.nodes.length + column;
    if (row === column) {
      // A group without samples has none.
      const share = of.recall[row]!;
      return Number.isNaN(share) ? none : right(share);
    }
    // Of most pairs of many groups there are none.
    if (!of.errors[at]) return errors(0);
    const times = of.errors[at]! / of.chance[at]!;
    return errors(Math.log(times / CHANCE.low) * perTimes);
  };
}

export function colourOfMove({ blocks, moved: { change } }: DrawnMove): Colour {
  const { moved, none } = colours.value;
  return (row, column) => {
    const by = change[row * blocks.nodes.length + column]!;
    return Number.isNaN(by) ? none : moved((by / MOST_MOVED + 1) / 2);
  };
}
