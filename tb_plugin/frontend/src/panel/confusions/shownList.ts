/** The list of confusions on screen, which follows the matrix by a frame. */

import { computed, signal } from "@preact/signals";
import type { Epoch } from "../../confusion/cells.ts";
import type { Pairs } from "../../confusion/pairs.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import * as view from "../../state/view.ts";
import { pairs } from "../listedPairs.ts";

interface ShownList {
  tree: Tree;
  epoch: Epoch;
  found: Pairs | null;
}

/** The last epoch that the display has had a frame for. */
const framed = signal<Epoch | null>(null);

/** Lists an epoch after the next frame, unless what it returns is called. */
export function listAfterFrame(epoch: Epoch): () => void {
  let task: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    task = setTimeout(() => {
      framed.value = epoch;
    });
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(task);
  };
}

let last: ShownList | null = null;

/**
 * What is listed, and the epoch whose numbers these are.
 *
 * To sort pairs takes as long as to draw a matrix. Of another epoch the matrix
 * comes first; what was listed stays until then as it is.
 */
export const shownList = computed<ShownList | null>(() => {
  const [tree, epoch] = [view.tree.value, view.epoch.value];
  if (!tree || !epoch) return null;
  if (framed.value === epoch) last = { tree, epoch, found: pairs.value };
  return last?.tree === tree ? last : null;
});
