/** Brings the chosen epoch, with its tree, onto the screen. */

import { batch } from "@preact/signals";
import type { Epoch } from "../confusion/cells.ts";
import { keptInView } from "../hierarchy/keepInView.ts";
import { carryOver } from "../hierarchy/selection.ts";
import type { Tree } from "../hierarchy/tree.ts";
import type { EpochInfo } from "../server/answers.ts";
import { SourceGone } from "../server/source.ts";
import * as view from "../state/all.ts";
import { asShown } from "../state/comparison/comparedEpoch.ts";
import { beside } from "../state/comparison/comparison.ts";
import { awaitsNames } from "../state/filters.ts";
import {
  awaited,
  epochInOrder,
  inOrder,
  originOf,
} from "../state/siblingOrder.ts";
import { kept, load, loadTree } from "./epochs.ts";
import { messageOf, report } from "./errors.ts";
import { nearestReadable } from "./nearestEpoch.ts";
import { fetchAhead } from "./prefetch.ts";
import { restoreOn } from "./restoreLink.ts";

function infoAt(step: number): EpochInfo | undefined {
  return view.epochs.value.find((info) => info.step === step);
}

/** Whether an epoch is still the one that is asked for. */
function isWanted(info: EpochInfo): boolean {
  return infoAt(view.step.value) === info;
}

/** A link may ask for an order, or for classes, that are still on their way. */
function isEarly(): boolean {
  return !view.tree.value && (awaited.value !== null || awaitsNames.value);
}

/** Shows the chosen epoch: at once when it is kept, else when it has come. */
export async function showStep(): Promise<void> {
  const info = infoAt(view.step.value);
  if (!info) return;
  if (!view.usable(info)) return refuse(info, info.error ?? "unreadable");
  const [run, output] = [view.run.value, view.output.value];
  let loaded = kept(info, run, output);
  const other = beside.wait?.(info.step);
  try {
    loaded ??= epochInOrder(await load(info, run, output));
  } catch (error) {
    if (!isWanted(info)) return;
    if (error instanceof SourceGone) return report(error);
    return refuse(info, messageOf(error));
  }
  other && (await other);
  if (!isWanted(info) || isEarly()) return;
  const { tree } = loaded;
  const epoch = asShown(loaded.epoch);
  batch(() => {
    // Before the tree, whose room depends on what is shown of it.
    view.loggedEpoch.value = epoch;
    beside.show?.(info.step);
    if (view.tree.value !== tree) {
      adopt(tree);
      view.restedEpoch.value = epoch;
    }
    restoreOn(tree);
    view.epochError.value = null;
    view.drawnStep.value = info.step;
  });
  rest(epoch);
  void fetchAhead(info.step);
}

/** Says why there is no matrix, among the trees of the nearest epoch. */
async function refuse(info: EpochInfo, why: string): Promise<void> {
  batch(() => {
    view.loggedEpoch.value = null;
    beside.show?.(info.step);
    view.epochError.value = why;
    view.drawnStep.value = info.step;
  });
  const readable = view.epochs.value.filter(view.usable);
  const near = infoAt(nearestReadable(readable, info.step) ?? view.NO_EPOCH);
  const origin =
    near && (await loadTree(view.run.value, near).catch(() => null));
  if (!origin || !isWanted(info) || isEarly()) return;
  const tree = inOrder(origin);
  batch(() => {
    if (tree !== view.tree.value) {
      adopt(tree);
      view.restedEpoch.value = null;
    }
    restoreOn(tree);
  });
}

/** Stillness after which labels follow the epoch. */
const REST = 400;

let resting = 0;

function rest(epoch: Epoch): void {
  clearTimeout(resting);
  const settle = (): void => {
    view.restedEpoch.value = epoch;
  };
  if (view.restedEpoch.value?.cells.size !== epoch.cells.size) settle();
  else resting = setTimeout(settle, REST) as unknown as number;
}

/** Takes over another tree, keeping what is selected where it exists. */
function adopt(tree: Tree): void {
  const before = view.tree.value;
  view.tree.value = tree;
  if (!before || before.leafEdges.length !== tree.leafEdges.length) {
    view.setWindow(view.fullWindow());
  }
  if (before) {
    const chosen = view.selection.value;
    const kept = carryOver(before, tree, chosen);
    view.selection.value = kept;
    if (originOf(before) === originOf(tree)) {
      const window = view.settledWindow.value;
      const moved = keptInView(before, tree, window, chosen, kept);
      view.setWindow(view.clamp(moved));
    }
  }
  view.hover.value = null;
}
