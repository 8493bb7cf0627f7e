/** Keeps the address and what is shown the same, whichever of them changes. */

import { batch, effect } from "@preact/signals";
import type { Tree } from "../hierarchy/tree.ts";
import {
  encodeLink,
  isStep,
  type LinkTexts,
  onAddressChange,
  writeAddress,
} from "../state/link/address.ts";
import { currentLink } from "../state/link.ts";
import { tree } from "../state/page.ts";
import { lazy, whenLoaded } from "../ui/lazy.ts";
import { isRestoring } from "./restoreLink.ts";

/** It comes when one first goes back, or opens a link in the open page. */
const following = lazy(() => import("./followLink.ts"));

/** Browsers allow about a hundred changes of the address in half a minute. */
const PAUSE = 400;
/** What one action changes comes together. */
const TOGETHER = 30;

interface Written {
  link: LinkTexts;
  tree: Tree | null;
}

/**
 * @param known what of a link there is to show
 */
export function keepAddress(known: (link: LinkTexts) => LinkTexts): void {
  let timer = 0;
  let last = 0;
  let written: Written | null = null;
  effect(() => {
    const link = currentLink.value;
    clearTimeout(timer);
    if (!link || isRestoring()) return;
    const now: Written = { link, tree: tree.peek() };
    // Where the page begins, and where it is led, is no step.
    written ??= now;
    const write = (): void => {
      const before = written ?? now;
      const isSameTree = before.tree === now.tree;
      writeAddress(link, isStep(before.link, link, isSameTree));
      written = now;
      last = performance.now();
    };
    const wait = performance.now() - last < PAUSE ? PAUSE : TOGETHER;
    timer = setTimeout(write, wait) as unknown as number;
  });
  onAddressChange((link) => {
    if (encodeLink(link) === encodeLink(currentLink.peek() ?? {})) return;
    written = null;
    whenLoaded(following, ({ followLink }) =>
      batch(() => followLink(known(link))),
    );
  });
}
