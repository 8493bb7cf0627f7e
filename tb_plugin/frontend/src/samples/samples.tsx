/** The samples of the selection: all that comes when they are asked for. */

import type { JSX } from "preact";
import { px } from "../layout.ts";
import sampleStyle from "../style/sample.css?inline";
import style from "../style/samples.css?inline";
import { addStyle } from "../styles.ts";
import * as view from "../view.ts";
import { followFirst } from "./ahead.ts";
import { followLink } from "./choices.ts";
import { facts } from "./chosen.ts";
import { EmptyNote } from "./emptynote.tsx";
import { Grid } from "./grid.tsx";
import { followSamples } from "./loading.ts";
import { followPictures } from "./pictures.ts";
import { Rail } from "./rail.tsx";
import { followRecount } from "./recounting.ts";
import { followHistory } from "./told.ts";

export { Sample as Side } from "./sample.tsx";
export { Choices } from "./topchoices.tsx";
export { KEYS } from "./walking.ts";
export { words } from "./words.ts";

addStyle(style + sampleStyle);
followLink();
followSamples();
followPictures();
followFirst();
followRecount();
followHistory();

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
          <Rail side={side} />
          <Grid left={left} width={panel.x - left - RIGHT} />
        </>
      ) : (
        <EmptyNote />
      )}
    </div>
  );
}
