/** The page: top bar, map, caption, timeline, panel. */

import type { JSX } from "preact";
import { comparisonView } from "../comparison/lazyComparison.ts";
import * as view from "../state/all.ts";
import { arrangement } from "../state/comparison/comparison.ts";
import { isListing } from "../state/confusionListSort.ts";
import { px } from "../state/pageLayout.ts";
import { choosesRuns } from "../state/seeds/runSpread.ts";
import { Timeline } from "../timeline/Timeline.tsx";
import { announcement } from "../ui/announcement.ts";
import { lazy } from "../ui/lazy.ts";
import { fitting, measureAt, PRIORITY, SEPARATOR } from "../ui/textFitting.ts";
import { captionParts } from "./caption/captionParts.ts";
import { Help } from "./help/HelpButton.tsx";
import { MatrixView } from "./MatrixView.tsx";
import { Problem } from "./Notice.tsx";
import { TopBar } from "./TopBar.tsx";
import { openParts, openView } from "./views.ts";

function Announcer(): JSX.Element {
  return (
    <p class="unseen" role="status" data-testid="said">
      {announcement}
    </p>
  );
}

const measure = measureAt(11);

function Caption(): JSX.Element {
  const { caption, panel } = view.pageFrame.value;
  const parts = captionParts();
  // What is as usual stands in exported pictures alone.
  const unusual = parts.filter(([, priority]) => priority < PRIORITY.usual);
  const width = panel.x - 24;
  return (
    <p
      class="caption"
      data-testid="caption"
      title={parts.map(([text]) => text).join(SEPARATOR)}
      style={px({ top: caption.y, width })}
    >
      {fitting(unusual, width, measure).join(SEPARATOR)}
    </p>
  );
}

const sentence = lazy(() => import("../sentence/Sentence.tsx"));

/** What is seen in the matrix, in a sentence; views say their own. */
function Headline(): JSX.Element | null {
  const [tree, epoch] = [view.tree.value, view.epoch.value];
  if (!tree || !epoch || openView.value) return null;
  const part = sentence();
  const width = view.pageFrame.value.panel.x - 24;
  return part && <part.Sentence tree={tree} epoch={epoch} width={width} />;
}

// The matrix does not wait for the lists beside it.
const panel = lazy(() => import("./SidePanel.tsx"));
const severalRuns = lazy(() => import("../toolbar/SeveralRuns.tsx"));
const empty = lazy(() => import("./Absent.tsx"));

export function App(): JSX.Element {
  const choice = choosesRuns.value && severalRuns();
  if (view.runs.value?.length === 0 && !view.tree.value) {
    const part = empty();
    return (
      <>
        <Problem />
        {part && <part.EmptyPage />}
      </>
    );
  }
  return (
    <div class={view.pageFrame.value.compact ? "page compact" : "page"}>
      <Problem />
      <h1 class="unseen">Confusion matrix in the order of its hierarchy</h1>
      <TopBar />
      <main>
        <Headline />
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
  const part = view.tree.value ? panel() : null;
  const { x, width } = view.pageFrame.value.panel;
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
