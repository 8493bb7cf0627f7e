/** What a link says, each part once that to which it refers is there. */

import type { Tree } from "../hierarchy/tree.ts";
import type { LinkTexts } from "../state/link/address.ts";
import { restoreLink, restoreLinkOn } from "../state/link.ts";
import { wantedSeries } from "../state/page.ts";

let link: LinkTexts = {};

/** Takes over what can be known at once. */
export function restoreAtOnce(texts: LinkTexts): void {
  link = texts;
  restoreLink(texts);
}

/** The epoch that is asked for, said once. */
export function takeWantedStep(): number | undefined {
  const { step, ...series } = wantedSeries.peek();
  wantedSeries.value = series;
  return step;
}

/** Takes over what needed a tree. */
export function restoreOn(tree: Tree): void {
  restoreLinkOn(tree, link);
  link = {};
  wantedSeries.value = {};
}
