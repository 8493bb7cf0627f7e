/** The module that TensorBoard imports: everything begins with `render`. */

import { effect } from "@preact/signals";
import { render as renderInto } from "preact";
import { keepAddress } from "./loading/addressBar.ts";
import { followOtherSplit } from "./loading/otherSplit.ts";
import { reload } from "./loading/series.ts";
import { start } from "./loading/startup.ts";
import { followFilters } from "./matrix/gestures/zoom.ts";
import { App } from "./page/App.tsx";
import { announceChanges } from "./page/announcements.ts";
import { isShown, keepFocus, takeFocusWhenShown } from "./page/focus.ts";
import { listenToKeys } from "./page/keyboard.ts";
import { keepLooking } from "./page/liveReload.ts";
import style from "./page/style/page.css?inline";
import { withKnownView } from "./page/views.ts";
import { useSource } from "./server/source.ts";
import { onReload } from "./server/tensorboardHost.ts";
import { tensorboardSource } from "./server/tensorboardSource.ts";
import {
  drawnStep,
  moreBar,
  NO_EPOCH,
  pageSize,
  playing,
  selection,
} from "./state/all.ts";
import { comparedRun } from "./state/comparison/comparison.ts";
import { readAddress } from "./state/link/address.ts";
import { LEAST_HEIGHT } from "./state/pageLayout.ts";
import { isPart } from "./state/partRates.ts";
import { addStyle } from "./ui/addStyle.ts";
import { takeHostFont } from "./ui/hostFont.ts";
import { lazy, whenLoaded } from "./ui/lazy.ts";
import { followTheme } from "./ui/theme.ts";

performance.mark("blocks:start");

const rates = lazy(() => import("./loading/rates.ts"));
const comparing = lazy(() => import("./loading/comparison.ts"));
const film = lazy(() => import("./timeline/film.ts"));

/** Milliseconds that the page stays blank for a server that answers at once. */
const PATIENCE = 100;

/** @param asked who answers what the page asks; TensorBoard where none is said */
export async function render(asked = tensorboardSource): Promise<void> {
  useSource(asked);
  const started = start(withKnownView(readAddress()));
  addStyle(style);
  document.documentElement.lang = "en";
  document.title = "Blocks";
  followTheme();
  takeHostFont();
  const resize = (): void => {
    // Behind another tab the page has no size, and keeps the last.
    if (!isShown()) return;
    // A page too low for it scrolls, as with large letters.
    const { clientWidth: width } = document.documentElement;
    const height = Math.max(innerHeight - moreBar.value, LEAST_HEIGHT);
    pageSize.value = { width, height };
  };
  addEventListener("resize", resize);
  effect(resize);
  listenToKeys();
  followFilters();
  whenLoaded(
    () => (comparedRun.value ? comparing() : null),
    ({ follow }) => follow(),
  );
  followOtherSplit();
  whenLoaded(
    () => (isPart(selection.value) ? rates() : null),
    ({ followRates }) => followRates(),
  );
  whenLoaded(
    () => (playing.value ? film() : null),
    ({ startPlayer }) => startPlayer(),
  );
  announceChanges();
  // While there is nothing yet that would have to be laid out for it.
  takeFocusWhenShown();
  keepFocus();
  // The page is made while the first matrix is on its way, but not laid out
  // without it, unless that takes long.
  const { body } = document;
  const show = (): void => {
    body.hidden = false;
  };
  body.hidden = true;
  setTimeout(show, PATIENCE);
  whenLoaded(() => (drawnStep.value === NO_EPOCH ? null : true), show);
  await Promise.race([
    started,
    new Promise((late) => setTimeout(late, PATIENCE)),
  ]);
  renderInto(<App />, body);
  onReload(() => void reload());
  keepLooking();
  keepAddress(withKnownView);
}
