/** The levels: each a cut through the tree, whatever was folded before. */

import { batch } from "@preact/signals";
import type { JSX } from "preact";
import { glideTo } from "../matrix/gestures/zoom.ts";
import { isMixed, unfoldAll } from "../state/folds.ts";
import * as view from "../state/view.ts";
import { whole } from "../ui/format.ts";

function choose(level: number): void {
  batch(() => {
    view.level.value = level;
    unfoldAll();
  });
  // Names of columns come with the classes, and go with them.
  const window = view.shownWindow.value;
  if (view.headroom.value !== view.headroomFor(window)) glideTo(window);
}

export function LevelChoice(): JSX.Element | null {
  const levels = view.tree.value?.levels ?? [];
  const last = levels.length - 1;
  return (
    <fieldset class="levels" data-testid="levels">
      <legend class="label">level</legend>
      {levels.map(({ groups }, index) => {
        const isChosen = index === view.levelIndex.value;
        const isPlain = isChosen && !isMixed.value;
        const what =
          index === last
            ? `every one of ${whole(groups)}`
            : `${whole(groups)} groups`;
        return (
          <button
            key={groups}
            type="button"
            aria-pressed={isPlain || (isChosen && "mixed")}
            title={isChosen && !isPlain ? `back to ${what}` : what}
            onClick={() => choose(index === last ? 0 : groups)}
          >
            {whole(groups)}
          </button>
        );
      })}
    </fieldset>
  );
}
