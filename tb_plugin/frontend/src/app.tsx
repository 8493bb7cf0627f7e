/** The page: top bar, map, caption, strip, panel. */

import type { JSX } from "preact";
import { Caption } from "./caption.tsx";
import { arrangement } from "./compare.ts";
import { comparing } from "./compared.ts";
import { Help } from "./help.tsx";
import { late } from "./late.ts";
import { px } from "./layout.ts";
import { isLong } from "./listing.ts";
import { MatrixMap } from "./map.tsx";
import { Problem } from "./notice.tsx";
import { Said } from "./said.tsx";
import { sampled } from "./sampled.ts";
import { Strip } from "./strip.tsx";
import { tab } from "./tab.ts";
import { TopBar } from "./topbar.tsx";
import { layout, runs, tree } from "./view.ts";

// The matrix does not wait for the lists beside it.
const panel = late(() => import("./panel/panel.tsx"));
const empty = late(() => import("./empty.tsx"));

export function App(): JSX.Element {
  if (runs.value?.length === 0 && !tree.value) {
    const part = empty();
    return (
      <>
        <Problem />
        {part && <part.Empty />}
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
      <Strip />
      <Said />
      <Help />
    </div>
  );
}

function Middle(): JSX.Element | null {
  const part = sampled.value;
  if (tab.value !== "errors") return part && <part.Middle />;
  return arrangement.value === "multiples" ? <Multiples /> : <MatrixMap />;
}

function Panel(): JSX.Element {
  // Before there is a tree it has nothing to say.
  const part = tree.value ? panel() : null;
  const { x, width } = layout.value.panel;
  return (
    <aside
      class={isLong.value ? "panel listing" : "panel"}
      data-testid="panel"
      aria-label="Selection"
      style={px({ left: x, width })}
    >
      {part && <part.Panel />}
    </aside>
  );
}

function Multiples(): JSX.Element | null {
  const part = comparing.value;
  return part && <part.Multiples />;
}
