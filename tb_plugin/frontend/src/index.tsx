/** The module that TensorBoard imports: everything begins with `render`. */

import { effect } from "@preact/signals";
import { render as renderInto } from "preact";
import { announceEpochs } from "./announce.ts";
import { App } from "./app.tsx";
import { isShown, takeFocusWhenShown } from "./focus.ts";
import { onReload } from "./host.ts";
import { listenToKeys } from "./keys.ts";
import { readLink, writeLink } from "./link.ts";
import { keepLooking } from "./live.ts";
import { reload } from "./loading/series.ts";
import { start } from "./loading/start.ts";
import { followFilters } from "./others.ts";
import { startPlayer } from "./play.ts";
import { restoreOrder } from "./reordering.ts";
import { followOtherSplit } from "./splits.ts";
import style from "./style/page.css?inline";
import { addStyle } from "./styles.ts";
import { followTheme } from "./theme.ts";
import { linkedView, pageSize } from "./view.ts";

performance.mark("blocks:start");

export function render(): void {
  addStyle(style);
  document.documentElement.lang = "en";
  document.title = "Blocks";
  followTheme();
  const resize = (): void => {
    // Behind another tab the page has no size, and keeps the last.
    if (isShown()) pageSize.value = { width: innerWidth, height: innerHeight };
  };
  addEventListener("resize", resize);
  resize();
  listenToKeys();
  startPlayer();
  const linked = readLink();
  restoreOrder(linked);
  void start(linked);
  followFilters();
  followOtherSplit();
  announceEpochs();
  renderInto(<App />, document.body);
  onReload(() => void reload());
  keepLooking();
  takeFocusWhenShown();
  keepLink();
}

/** Browsers allow about a hundred changes of the address in half a minute. */
const LINK_PAUSE = 400;

function keepLink(): void {
  let timer = 0;
  effect(() => {
    const linked = linkedView.value;
    clearTimeout(timer);
    if (linked) {
      timer = setTimeout(
        () => writeLink(linked),
        LINK_PAUSE,
      ) as unknown as number;
    }
  });
}
