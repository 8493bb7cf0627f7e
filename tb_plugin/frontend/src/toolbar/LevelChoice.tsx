/** The levels: each a cut through the tree, whatever was folded before. */

import { batch } from "@preact/signals";
import type { JSX } from "preact";
import { glideTo } from "../matrix/gestures/zoom.ts";
import * as view from "../state/all.ts";
import { isMixed, unfoldAll } from "../state/folds.ts";
import { whole } from "../ui/format.ts";
import { measureAt, shorten } from "../ui/textFitting.ts";

const text = measureAt(12, 500);
/** Most room for the name of a level, and least: less says nothing. */
const [LONGEST, SHORTEST] = [90, 24];
/** Width of a page whose bar has no room for names. */
const FULL = 1200;

/** The room for each of so many names. */
function roomFor(names: number): number {
  const spare = (view.pageSize.value.width - FULL) / Math.max(names, 1);
  return spare < SHORTEST ? 0 : Math.min(spare, LONGEST);
}

/** Shows a level by its number of groups; 0 stands for the classes. */
export function chooseLevel(level: number): void {
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
  const room = roomFor(levels.filter(({ name }) => name).length);
  return (
    <fieldset class="levels" data-testid="levels">
      <legend class="label">level</legend>
      {levels.map(({ groups, name }, index) => {
        const isChosen = index === view.levelIndex.value;
        const isNamed = name && room > 0;
        const isPlain = isChosen && !isMixed.value;
        const number = `${whole(groups)} groups`;
        const groupsInWords = name ? `${name}: ${number}` : number;
        const what =
          index === last ? `every one of ${whole(groups)}` : groupsInWords;
        return (
          <button
            key={groups}
            type="button"
            aria-pressed={isPlain || (isChosen && "mixed")}
            title={isChosen && !isPlain ? `back to ${what}` : what}
            onClick={() => chooseLevel(index === last ? 0 : groups)}
          >
            {isNamed && (
              <span class="level-name">{shorten(name, room, text)} (</span>
            )}
            {whole(groups)}
            {isNamed && <span class="level-name">)</span>}
          </button>
        );
      })}
    </fieldset>
  );
}
