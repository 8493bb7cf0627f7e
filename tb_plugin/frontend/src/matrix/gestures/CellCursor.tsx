/** The matrix under the keyboard: what keys do comes when they get there. */

import type { JSX } from "preact";
import * as view from "../../state/all.ts";
import { px } from "../../state/pageLayout.ts";
import { lazy, whenLoaded } from "../../ui/lazy.ts";

const HELP = "cursor-help";
/** Keys that are not the page's while the cursor is on its way. */
const OWN = /^(Arrow|Home|End|Enter| )/;

const keys = lazy(() => import("./cellCursorKeys.ts"));

/** Lies over the matrix, and lets the pointer through. */
export function CellCursor(): JSX.Element {
  const { map, matrix } = view.layout.value;
  return (
    <>
      <div
        class="cursor-area"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the keys
        tabIndex={0}
        data-testid="cursor"
        aria-label="Cells of the matrix"
        aria-describedby={HELP}
        style={px({
          left: matrix.x,
          top: matrix.y - map.y,
          width: matrix.size,
          height: matrix.size,
        })}
        onFocus={() => whenLoaded(keys, ({ enter }) => enter())}
        onBlur={() => {
          view.hover.value = null;
        }}
        onKeyDown={onKeyDown}
      />
      <p id={HELP} hidden>
        Arrow keys go to the next filled cell, with Shift they select. Enter
        selects, then zooms.
      </p>
    </>
  );
}

function onKeyDown(event: KeyboardEvent): void {
  if (!keys() && OWN.test(event.key)) {
    event.preventDefault();
    event.stopPropagation();
  }
  whenLoaded(keys, ({ press }) => press(event));
}
