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

/** Milliseconds that one which has come waits for others. */
const BATCH = 120;

export function followProbes(): void {
  effect(() => {
    const now = answered.value;
    if (tab.value !== "layers" || !now) return;
    const { run, found } = now;
    const { layers, hierarchy } = found.record;
    // Logged behind them: where they are logged again, it says something else.
    const stamp = JSON.stringify(found.record);
    const outputs = [...layers.map(outputOf), UNTRAINED].filter((output) =>
      logged.value.has(output),
    );
    const come = new Map<string, Probe>();
    let timer: ReturnType<typeof setTimeout> | 0 = 0;
    // What moved is tested and drawn anew with each that comes: together.
    const show = (): void => {
      clearTimeout(timer);
      timer = 0;
      if (answered.peek() === now) probes.value = new Map(come);
    };
    probes.value = come;
    const asked = outputs.map((output) => {
      const key = [run, output, found.step, stamp].join("\n");
      return known
        .get(key, () => fetchProbe(run, output, found.step, hierarchy))
        .then(epochInOrder)
        .then((probe) => {
          come.set(output, probe);
          timer ||= setTimeout(show, BATCH);
        }, String);
    });
    void Promise.all(asked).then(show);
  });
}
