/** Sets the bar of choices as wide as there is room for. */

import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import * as view from "../state/view.ts";
import { face } from "../ui/theme.ts";

/** What the bar does without, from the widest setting to the narrowest. */
const SETTINGS = [
  "",
  // Labels stand over what they name.
  " stacked",
  // Without the names of levels.
  " stacked tight",
  // In several rows.
  " stacked tight wrapped",
];
/** Height of a bar of one row. */
const ROW = 36;
/** Free to the right of the last part: a little less than the padding. */
const END = 8;

/** @returns the bar to fit, whenever it or what stands in it changes */
export function useFittedBar(): RefObject<HTMLElement | null> {
  const bar = useRef<HTMLElement>(null);
  // Another face is wider, or narrower.
  const { value: known } = face;
  useLayoutEffect(() => {
    const { current } = bar;
    if (!current) return;
    const fit = (): void => fitBar(current);
    const size = new ResizeObserver(fit);
    const content = new MutationObserver(fit);
    size.observe(current);
    content.observe(current, {
      childList: true,
      characterData: true,
      subtree: true,
    });
    fit();
    return () => {
      size.disconnect();
      content.disconnect();
    };
  }, [known]);
  return bar;
}

/** Every setting is tried anew: what fits does not depend on what was. */
function fitBar(bar: HTMLElement): void {
  const tail = bar.lastElementChild as HTMLElement;
  SETTINGS.find((each) => {
    bar.className = `topbar${each}`;
    return tail.offsetLeft + tail.offsetWidth <= bar.clientWidth - END;
  });
  const more = Math.max(0, bar.offsetHeight - ROW);
  document.documentElement.style.setProperty("--more-bar", `${more}px`);
  view.barIsStacked.value = bar.classList.contains("stacked");
  view.moreBar.value = more;
}
