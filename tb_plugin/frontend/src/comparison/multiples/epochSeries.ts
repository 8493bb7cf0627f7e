/** Several epochs at once: which, as they come, and their common scale. */

import { computed, effect, signal } from "@preact/signals";
import type { Epoch } from "../../confusion/cells.ts";
import { mostInNoCell } from "../../confusion/coarseLabels.ts";
import { keep, testOfClasses } from "../../confusion/filters.ts";
import { matchTrees, realign } from "../../confusion/treeMatching.ts";
import { leavesInWords } from "../../hierarchy/classNames.ts";
import { isAsymmetric } from "../../hierarchy/groups.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import { bring, type Loaded } from "../../loading/epochs.ts";
import { messageOf } from "../../loading/errors.ts";
import { whenBack } from "../../loading/latestAnswer.ts";
import { sizeInWords } from "../../matrix/labels/FoldArrow.tsx";
import { SourceGone } from "../../server/source.ts";
import * as view from "../../state/all.ts";
import {
  arrangement,
  epochCount,
  multiplesInWords,
} from "../../state/comparison/comparison.ts";
import { epochInOrder } from "../../state/siblingOrder.ts";
import { rampAt } from "../../ui/colours.ts";
import { plural } from "../../ui/format.ts";
import { type Part, PRIORITY } from "../../ui/textFitting.ts";
import { palette } from "../../ui/theme.ts";
import {
  densities,
  densityScale,
  leastClasses,
  type Pools,
  poolsOf,
  spacedSteps,
} from "./pooling.ts";

const SHADES = 256;

export const steps = computed<number[]>(() =>
  arrangement.value === "multiples"
    ? spacedSteps(
        view.epochs.value.filter(view.usable).map(({ step }) => step),
        epochCount.value,
      )
    : [],
);

/** How often a source that had gone is back. */
const tries = signal(0);
const loaded = signal<ReadonlyMap<number, Loaded | string>>(new Map());

/** Fetches them one after the other, the last first: it is most looked at. */
function followSteps(): void {
  effect(() => {
    const wanted = steps.value;
    const [run, output] = [view.run.value, view.output.value];
    const all = view.epochs.value;
    tries.value;
    loaded.value = new Map();
    void (async () => {
      for (const step of [...wanted].reverse()) {
        const info = all.find((each) => each.step === step);
        let isGone = false;
        const found =
          info &&
          (await bring(info, run, output).catch((error) => {
            isGone = error instanceof SourceGone;
            return messageOf(error);
          }));
        if (steps.value !== wanted || view.epochs.value !== all) return;
        if (isGone) whenBack(() => tries.value++);
        if (found) loaded.value = new Map(loaded.value).set(step, found);
      }
    })();
  });
}

export interface Multiple {
  step: number;
  /** Null while it is loading, a text when it cannot be shown. */
  epoch: Epoch | string | null;
}

/** The epochs in the places of the shown tree. */
export const multiples = computed<Multiple[]>(() => {
  const tree = view.tree.value;
  return steps.value.map((step) => {
    const found = loaded.value.get(step);
    if (!tree || !found) return { step, epoch: null };
    if (typeof found === "string") return { step, epoch: found };
    const ordered = epochInOrder(found);
    if (ordered.tree === tree) return { step, epoch: ordered.epoch };
    const match = matchTrees(ordered.tree, tree, false, {
      other: `epoch ${step}`,
      shown: "the shown tree",
    });
    const epoch =
      "to" in match ? realign(ordered.epoch, match, tree) : match.why;
    return { step, epoch };
  });
});

export const pools = computed(() => {
  const [tree, cut] = [view.tree.value, view.cut.value];
  if (!tree || !cut) return null;
  const least = leastClasses(tree);
  const rows = poolsOf(tree, cut.nodes, least);
  if (!isAsymmetric(cut)) return { rows, columns: rows };
  return { rows, columns: poolsOf(tree, cut.columns.nodes, least) };
});

/** What is drawn: densities of the epochs that have come, by step. */
export const drawn = computed(() => {
  const [tree, blocks, filters] = [
    view.tree.value,
    pools.value,
    view.filters.value,
  ];
  const byStep = new Map<number, Float64Array>();
  if (!tree || !blocks || !filters) return byStep;
  const test = testOfClasses(tree, filters);
  for (const { step, epoch } of multiples.value) {
    if (!epoch || typeof epoch === "string") continue;
    const { rows, columns } = blocks;
    byStep.set(step, densities(keep(epoch.cells, test), rows, columns));
  }
  return byStep;
});

export const scale = computed(() => {
  const stops = palette.value.density;
  const shades = Array.from({ length: SHADES }, (_, i) =>
    rampAt(stops, i / (SHADES - 1)),
  );
  return densityScale([...drawn.value.values()], shades);
});

/** Levels whose right answers stand above each matrix. */
export const headLevels = computed(() => {
  const levels = view.tree.value?.levels ?? [];
  const last = levels.length - 1;
  const chosen = [...new Set([0, view.levelIndex.value, last])];
  return chosen.sort((a, b) => a - b).map((index) => levels[index]!);
});

export function rightAt({ sums, total }: Epoch, nodes: Int32Array): number {
  return (
    nodes.reduce((sum, node) => sum + sums.truePositives[node]!, 0) / total
  );
}

/** So many classes, where all of them are on screen, else groups. */
export function levelInWords(tree: Tree, groups: number): string {
  return groups === tree.leaves.length
    ? leavesInWords(tree, groups)
    : plural(groups, "group", "groups");
}

function words(): Part[] {
  const [blocks, cut, tree] = [pools.value, view.cut.value, view.tree.value];
  const total = view.epoch.value?.total;
  if (!blocks || !cut || !tree || total === undefined) return [];
  const said = [plural(total, "sample", "samples"), "errors only"];
  said.push(
    isAsymmetric(cut) ? sizeInWords(cut) : levelInWords(tree, cut.nodes.length),
  );
  const size = ({ classes }: Pools): number => classes.length;
  const [down, across] = [size(blocks.rows), size(blocks.columns)];
  const isPooled = down < cut.nodes.length || across < cut.columns.nodes.length;
  if (isPooled) {
    const left = isAsymmetric(cut) ? `${down} × ${across}` : down;
    const least = leastClasses(tree);
    said.push(`under ${least} classes pooled with neighbours: ${left}`);
  }
  const all = plural(view.epochs.value.length, "epoch", "epochs");
  said.push(`${steps.value.length} of ${all}`);
  const chosen = said.map((text): Part => [text, PRIORITY.choice]);
  const infos = view.epochs.value.filter(({ step }) =>
    steps.value.includes(step),
  );
  return [...chosen, ...mostInNoCell(infos)];
}

followSteps();
effect(() => {
  multiplesInWords.value = words();
});
