/** The page: top bar, map, caption, strip, panel. */

import type { JSX } from "preact";
import { Caption } from "./caption.tsx";
import { arrangement } from "./compare.ts";
import { Help } from "./help.tsx";
import { LateMultiples } from "./late.tsx";
import { MatrixMap } from "./map.tsx";
import { Empty, Problem } from "./notice.tsx";
import { Panel } from "./panel/panel.tsx";
import { Said } from "./said.tsx";
import { Strip } from "./strip.tsx";
import { TopBar } from "./topbar.tsx";
import { layout, runs } from "./view.ts";

export function App(): JSX.Element {
  if (runs.value?.length === 0) {
    return (
      <>
        <Problem />
        <Empty />
      </>
    );
  }
  return (
    <div class={layout.value.compact ? "page compact" : "page"}>
      <Problem />
      <h1 class="unseen">Confusion matrix in the order of its hierarchy</h1>
      <TopBar />
      <main>
        {arrangement.value === "multiples" ? <LateMultiples /> : <MatrixMap />}
        <Caption />
      </main>
      {arrangement.value === "one" && <Panel />}
      <Strip />
      <Said />
      <Help />
    </div>
  );
}
