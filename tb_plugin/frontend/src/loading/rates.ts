/** Fetches how the selected part of the matrix fares, over all epochs. */

import { effect } from "@preact/signals";
import { nodesOver } from "../hierarchy/cover.ts";
import { type Selection, spansOf } from "../hierarchy/selection.ts";
import type { Tree } from "../hierarchy/tree.ts";
import { source } from "../server/source.ts";
import * as view from "../state/all.ts";
import { isPart, loadedRates } from "../state/partRates.ts";
import { originOf } from "../state/siblingOrder.ts";
import { loadTree } from "./epochs.ts";
import { LatestAnswer } from "./latestAnswer.ts";

/** Nodes that the server takes for one side. */
export const MOST = 1000;
/** One may be on the way through a list of pairs. */
const PATIENCE = 120;

const request = new LatestAnswer(loadedRates);

export function followRates(): void {
  effect(() => {
    const [tree, chosen] = [view.tree.value, view.selection.value];
    const [run, output] = [view.run.value, view.output.value];
    const { length } = view.epochs.value;
    if (!tree || length < 2 || !isPart(chosen)) return;
    const ask = (): void => void load(run, output, tree, chosen);
    const timer = setTimeout(ask, PATIENCE);
    return () => clearTimeout(timer);
  });
}

async function load(
  run: string,
  output: string,
  tree: Tree,
  chosen: Selection,
): Promise<void> {
  const spans = spansOf(tree, chosen);
  const [rows, columns] = [spans.rows, spans.columns].map((span) =>
    nodesOver(tree, span).map((node) => tree.logged[node]!),
  ) as [number[], number[]];
  if (Math.max(rows.length, columns.length) > MOST) return;
  await request.ask(async (isLatest) => {
    // The server numbers nodes as the last epoch's tree does.
    const last = view.epochs.value.filter(view.usable).at(-1);
    const own = last && (await loadTree(run, last));
    if (own !== originOf(tree) || !isLatest()) return null;
    const points = await source().rates(run, output, rows, columns);
    return { of: chosen, run, output, points };
  });
}
