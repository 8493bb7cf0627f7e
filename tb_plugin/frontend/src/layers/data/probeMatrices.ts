/** Fetches the matrices of the class probes, each when its layer is shown. */

import { computed, effect, signal } from "@preact/signals";
import { type Epoch, readEpoch } from "../../confusion/cells.ts";
import type { MatrixHeader } from "../../confusion/matrixFormat.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import { loadTree } from "../../loading/epochs.ts";
import { source } from "../../server/source.ts";
import { readHeader } from "../../server/storedHeader.ts";
import * as view from "../../state/all.ts";
import { epochInOrder, inOrder } from "../../state/siblingOrder.ts";
import { tab } from "../../state/tabs.ts";
import { PromiseCache } from "../../ui/promiseCache.ts";
import { answered } from "./loadLayers.ts";

export interface Probe {
  epoch: Epoch;
  tree: Tree;
}

const SUFFIX = "_linear";
export const UNTRAINED = `untrained${SUFFIX}`;

/** The output of a layer's class probe. */
export function outputOf(layer: string): string {
  return layer.replaceAll("/", "_") + SUFFIX;
}

/** What fits a screen, twice. */
const MOST = 64;
const known = new PromiseCache<Probe>(MOST);

/** The outputs of probes that the run has. */
export const logged = computed<ReadonlySet<string>>(() => {
  const outputs = view.runInfo.value?.outputs;
  return new Set(outputs?.filter((each) => each.endsWith(SUFFIX)));
});

/** Those that have come, by output. */
export const probes = signal<ReadonlyMap<string, Probe>>(new Map());

/** @param digest of the tree that it must be about */
async function fetchProbe(
  run: string,
  output: string,
  step: number,
  digest: string,
): Promise<Probe> {
  const matrix = await source().matrix(run, output, step);
  const { hierarchy, grouping } = readHeader<MatrixHeader>(matrix).header;
  if (hierarchy !== digest || grouping) throw new Error("of another tree");
  const info = { step, wall_time: 0, hierarchy, grouping };
  const tree = inOrder(await loadTree(run, info));
  return { tree, epoch: readEpoch(matrix, tree) };
}

export function followProbes(): void {
  effect(() => {
    const now = answered.value;
    if (tab.value !== "layers" || !now) return;
    const { run, found } = now;
    const { layers, hierarchy } = found.record;
    // Logged behind them: where they are logged again, it says something else.
    const stamp = JSON.stringify(found.record);
    probes.value = new Map();
    for (const output of [...layers.map(outputOf), UNTRAINED]) {
      if (!logged.value.has(output)) continue;
      const key = [run, output, found.step, stamp].join("\n");
      known
        .get(key, () => fetchProbe(run, output, found.step, hierarchy))
        .then(epochInOrder)
        .then((probe) => {
          if (answered.peek() !== now) return;
          probes.value = new Map(probes.peek()).set(output, probe);
        }, String);
    }
  });
}
