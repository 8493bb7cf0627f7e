/** What a link says, each part once that to which it refers is there. */

import type { LinkedView } from "../link.ts";
import { boxFromLabels, selectionOf } from "../selection.ts";
import type { Tree } from "../tree.ts";
import * as view from "../view.ts";

let link: LinkedView = {};

export function restoreLater(linked: LinkedView): void {
  link = linked;
}

/** The series that is asked for, as long as none is shown. */
export function linkedSeries(): Pick<LinkedView, "run" | "output"> {
  return link;
}

/** The epoch that is asked for, said once. */
export function takeLinkedStep(): number | undefined {
  const { step } = link;
  delete link.step;
  return step;
}

/** Takes over the rest, which needed a tree. */
export function restoreOn(tree: Tree): void {
  const { rows, columns, box, window } = link;
  const node = (id: string | undefined): number =>
    id === undefined ? 0 : Math.max(0, tree.ids.indexOf(id));
  if (rows !== undefined) view.select(node(rows), node(columns ?? rows));
  const rectangle = box && boxFromLabels(tree, box);
  if (rectangle) view.selection.value = selectionOf(tree, rectangle);
  if (window) {
    const [x, y, span] = window;
    view.setWindow(view.clamp({ x, y, span }));
  }
  link = {};
}
