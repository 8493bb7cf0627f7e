/** The samples of the selection: all that comes when they are asked for. */

import type { JSX } from "preact";
import { px } from "../state/pageLayout.ts";
import * as view from "../state/view.ts";
import { addStyle } from "../ui/addStyle.ts";
import { loadSamplesFor } from "./followSamples.ts";
import { EmptyNote } from "./grid/EmptyNote.tsx";
import { SampleGrid } from "./grid/SampleGrid.tsx";
import style from "./samples.css?inline";
import { facts } from "./selection/shownSamples.ts";
import sampleStyle from "./shared/sample.css?inline";
import { Sidebar } from "./sidebar/Sidebar.tsx";

export { SampleDetail as Side } from "./detail/SampleDetail.tsx";
export { KEYS as shortcuts } from "./grid/gridKeys.ts";
export { SampleChoices as Choices } from "./grid/SampleChoices.tsx";
export { words as caption } from "./selection/caption.ts";

addStyle(style + sampleStyle);
loadSamplesFor("samples");

/** Left edge of the grid, and what it leaves free at its right. */
const GRID = { wide: 292, compact: 200 };
const RIGHT = 4;

export function Middle(): JSX.Element {
  const { panel, map, compact } = view.layout.value;
  const left = compact ? GRID.compact : GRID.wide;
  const side = left - 40;
  return (
    <div
      class="samples"
      data-testid="samples"
      style={px({ top: map.y, width: panel.x, height: map.height })}
    >
      {facts.value ? (
        <>
          <Sidebar side={side} />
          <SampleGrid left={left} width={panel.x - left - RIGHT} />
        </>
      ) : (
        <EmptyNote />
      )}
    </div>
  );
}
