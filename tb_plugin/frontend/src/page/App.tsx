/** The page: top bar, map, caption, timeline, panel. */

import type { JSX } from "preact";
import { comparisonView } from "../comparison/lazyComparison.ts";
import { arrangement } from "../state/comparison/comparison.ts";
import { isListing } from "../state/confusionListSort.ts";
import { px } from "../state/pageLayout.ts";
import { choosesRuns } from "../state/seeds/runSpread.ts";
import { layout, runs, tree } from "../state/view.ts";
import { Timeline } from "../timeline/Timeline.tsx";
import { Announcer } from "../ui/Announcer.tsx";
import { lazy } from "../ui/lazy.ts";
import { Caption } from "./caption/Caption.tsx";
import { Help } from "./help/HelpButton.tsx";
import { MatrixView } from "./MatrixView.tsx";
import { Problem } from "./Notice.tsx";
import { TopBar } from "./TopBar.tsx";
import { openParts, openView } from "./views.ts";

// The matrix does not wait for the lists beside it.
const panel = lazy(() => import("./SidePanel.tsx"));
const severalRuns = lazy(() => import("../toolbar/SeveralRuns.tsx"));
const empty = lazy(() => import("./EmptyPage.tsx"));

export function App(): JSX.Element {
  const choice = choosesRuns.value && severalRuns();
  if (runs.value?.length === 0 && !tree.value) {
    const part = empty();
    return (
      <>
        <Problem />
        {part && <part.EmptyPage />}
      </>
    );
  }
  return (
    <div class={layout.value.compact ? "page compact" : "page"}>
      <Problem />
      <h1 class="unseen">Confusion matrix in the order of its hierarchy</h1>
      <TopBar />
      <main>
        <Middle />
        <Caption />
      </main>
      {arrangement.value === "one" && <Panel />}
      <Timeline />
      <Announcer />
      <Help />
      {choice && <choice.SeveralRuns />}
    </div>
  );
}

function Middle(): JSX.Element | null {
  const parts = openParts.value;
  if (openView.value) return parts && <parts.Middle />;
  return arrangement.value === "multiples" ? <Multiples /> : <MatrixView />;
}

function Panel(): JSX.Element {
  // Before there is a tree it has nothing to say.
  const part = tree.value ? panel() : null;
  const { x, width } = layout.value.panel;
  return (
    <aside
      class={isListing.value && !openView.value ? "panel listing" : "panel"}
      data-testid="panel"
      aria-label="Selection"
      style={px({ left: x, width })}
    >
      {part && <part.SidePanel />}
    </aside>
  );
}

function Multiples(): JSX.Element | null {
  const part = comparisonView.value;
  return part && <part.SmallMultiples />;
}
