/** Fetches the curves of what is selected and of a level's groups, over all epochs of the series. */

import type { Tree } from "../hierarchy/tree.ts";
import type { CurvePoint, EpochInfo } from "../server/answers.ts";
import { SourceGone, source } from "../server/source.ts";
import * as view from "../state/all.ts";
import { stampOfAll } from "../state/page.ts";
import { originOf } from "../state/siblingOrder.ts";
import { Latest } from "../ui/latest.ts";
import { loadTree } from "./epochs.ts";
import { report } from "./errors.ts";

const request = new Latest();

export async function loadCurves(
  tree: Tree,
  group: number | null,
  followed: readonly number[],
): Promise<void> {
  const [run, output] = [view.run.value, view.output.value];
  const { value: epochs } = view.epochs;
  const trees = await Promise.all(
    epochs
      .filter(view.usable)
      .map((info) => loadTree(run, info).catch(() => null)),
  );
  const own = trees.at(-1);
  const origin = originOf(tree);
  // Till the first epoch of a run comes, the tree of the run before is shown.
  if (!own || !trees.includes(origin) || view.tree.value !== tree) return;
  if (run !== view.run.value || output !== view.output.value) return;
  const chosen = group ? [group] : [];
  const nodes = [...new Set([...chosen, ...followed])];
  // The server numbers nodes as the last epoch's tree does. While that is not
  // the one on screen, a number would mean another group, or none: those that
  // were asked for before stay.
  const known = view.loadedCurves.value;
  const kept = known?.tree === own ? known.nodes : [];
  const numbers =
    own === origin ? nodes.map((node) => tree.logged[node]!) : kept;
  const wanted = [run, output, stampOfAll(epochs), ...numbers].join();
  const isLatest = request.beginOnce(wanted);
  if (!isLatest) return;
  try {
    const points = await source().curves(run, output, numbers);
    const levelsOf = await withTrees(points, run, epochs);
    if (!isLatest()) return;
    view.loadedCurves.value = {
      run,
      output,
      points,
      nodes: numbers,
      tree: own,
      levelsOf,
    };
  } catch (error) {
    // What was refused is refused again; a server that was away may come back.
    if (!isLatest() || !(error instanceof SourceGone)) return;
    report(error);
    request.drop();
  }
}

/**
 * How to read curves whose epochs, or those beside them, are of several trees;
 * undefined where all are of one.
 */
export async function withTrees(
  points: readonly CurvePoint[],
  run: string,
  epochs: readonly EpochInfo[],
  beside = epochs,
): Promise<view.LoadedCurves["levelsOf"]> {
  const all = [...epochs, ...beside].filter(view.usable);
  if (new Set(all.map(view.treeKey)).size < 2) return;
  const { levelsOf } = await import("./otherTrees.ts");
  return levelsOf(points, run, epochs);
}
