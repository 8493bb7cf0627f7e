/** Epochs with their trees: fetched once, decoded, and kept while there is room. */

import { type Epoch, readEpoch } from "../confusion/cells.ts";
import type { MatrixHeader } from "../confusion/matrixFormat.ts";
import { buildTree, type Tree } from "../hierarchy/tree.ts";
import type { EpochInfo } from "../server/answers.ts";
import { source } from "../server/source.ts";
import { readHeader } from "../server/storedHeader.ts";
import { treeKey } from "../state/page.ts";
import { epochInOrder, inOrder } from "../state/siblingOrder.ts";
import { LruCache } from "../ui/lruCache.ts";
import { PromiseCache } from "../ui/promiseCache.ts";

/** Bytes of decoded epochs that are kept. */
const CACHE_BYTES = 192 * 2 ** 20;
const BYTES_PER_CELL = 12;
/** Of several runs, whose mean is computed for comparisons. */
const BYTES_OF_MEAN = 8;

export interface Loaded {
  epoch: Epoch;
  tree: Tree;
}

const epochs = new LruCache<Loaded>(CACHE_BYTES);
const trees = new PromiseCache<Tree>(100);
const underWay = new Map<string, Promise<Loaded>>();

// A resumed run writes a step again: its time tells the two apart.
function keyOf(info: EpochInfo, run: string, output: string): string {
  return [run, output, info.step, info.wall_time].join("\n");
}

/** The tree of an epoch, as the log has it. */
export function loadTree(
  run: string,
  info: Pick<EpochInfo, "hierarchy" | "grouping">,
): Promise<Tree> {
  const { hierarchy = "", grouping = null } = info;
  return trees.get(treeKey(info), () =>
    source().hierarchy(run, hierarchy, grouping).then(buildTree),
  );
}

/** An epoch that is kept, or else fetched, in the order that is chosen now. */
export async function bring(
  info: EpochInfo,
  run: string,
  output: string,
): Promise<Loaded> {
  return kept(info, run, output) ?? epochInOrder(await load(info, run, output));
}

/** An epoch that is kept, in the order that is chosen now. */
export function kept(
  info: EpochInfo,
  run: string,
  output: string,
): Loaded | undefined {
  const key = keyOf(info, run, output);
  const loaded = epochs.get(key);
  if (!loaded) return undefined;
  const ordered = epochInOrder(loaded);
  if (ordered !== loaded) keep(key, ordered);
  return ordered;
}

function keep(key: string, loaded: Loaded): void {
  const { cells, sums } = loaded.epoch;
  epochs.set(key, loaded, bytesOf(cells.count.length, sums.runs));
}

function bytesOf(cells: number, runs?: number): number {
  return cells * (BYTES_PER_CELL + (runs ? BYTES_OF_MEAN : 0));
}

/** Fetches an epoch that is not kept, once however often it is asked for. */
export function load(
  info: EpochInfo,
  run: string,
  output: string,
): Promise<Loaded> {
  const key = keyOf(info, run, output);
  let loading = underWay.get(key);
  if (!loading) {
    loading = Promise.all([
      source().matrix(run, output, info.step),
      loadTree(run, info),
    ]).then(([buffer, origin]) => {
      checkTree(buffer, info, key);
      const tree = inOrder(origin);
      const loaded = {
        epoch: readEpoch(buffer, tree, info.runs),
        tree,
      };
      keep(key, loaded);
      return loaded;
    });
    underWay.set(key, loading);
    const done = (): unknown => underWay.delete(key);
    loading.then(done, done);
  }
  return loading;
}

/** Asks for the list of epochs again; whoever begins sets it. */
export const lists: { again?: () => unknown } = {};
const outdated = new Set<string>();

/** Refuses to draw what was logged again since it was listed, with other names. */
function checkTree(buffer: ArrayBuffer, info: EpochInfo, key: string): void {
  if (treeKey(readHeader<MatrixHeader>(buffer).header) === treeKey(info))
    return;
  // A list that stays as it is would be asked for without end.
  if (!outdated.has(key)) lists.again?.();
  outdated.add(key);
  throw new Error("It was logged again, with another tree.");
}

/** Whether an epoch is kept; the last that one asked for are kept longest. */
export function isKept(info: EpochInfo, run: string, output: string): boolean {
  return epochs.get(keyOf(info, run, output)) !== undefined;
}

/** Whether one more epoch leaves what is kept where it is. */
export function hasRoomFor({ nonzeros = 0, runs }: EpochInfo): boolean {
  return !epochs.isFull(bytesOf(nonzeros, runs));
}
