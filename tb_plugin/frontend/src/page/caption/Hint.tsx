/** The first minute: what one can do here, in one line, until it is read. */

import type { JSX } from "preact";
import { kindOf } from "../../hierarchy/selection.ts";
import * as view from "../../state/all.ts";
import { comparedRun } from "../../state/comparison/comparison.ts";
import { isFiltered } from "../../state/filters.ts";
import { px } from "../../state/pageLayout.ts";
import { ERRORS, tab } from "../../state/tabs.ts";
import { measureAt, type Part, PRIORITY } from "../../ui/textFitting.ts";
import { views } from "../views.ts";
import { readHint } from "./firstMinute.ts";

const small = measureAt(11);
/** Its button, and what parts it from the caption. */
const BESIDE = 36;
/** Between the parts of a caption. */
const BETWEEN = 12;

/**
 * Where nothing was chosen yet, and what must be said has room; else null.
 *
 * @param parts what the caption says
 * @param width of the caption and the hint
 * @param top of both
 */
export function hintBeside(
  parts: readonly Part[],
  width: number,
  top: number,
): { line: JSX.Element; room: number } | null {
  const isAsFirst =
    tab.value === ERRORS &&
    comparedRun.value === "" &&
    kindOf(view.selection.value) === "all" &&
    !view.isZoomed.value &&
    !isFiltered.value;
  if (!isAsFirst) return null;
  const hasSamples = views.value.some(
    ({ key, isOffered }) => key === "samples" && isOffered(),
  );
  const said = "Click a group or cell, double-click zooms";
  const text = hasSamples ? `${said}, S shows its pictures` : said;
  const room = small(text) + BESIDE;
  const needed = parts
    .filter(([, of]) => of === PRIORITY.essential)
    .map(([part]) => small(part) + BETWEEN);
  const isCut = needed.reduce((sum, each) => sum + each, room) > width;
  if (isCut) return null;
  return {
    line: <Hint text={text} left={width - room + 24} top={top} />,
    room,
  };
}

function Hint(props: { text: string; left: number; top: number }): JSX.Element {
  const { text, left, top } = props;
  return (
    <p class="caption hint" data-testid="hint" style={px({ left, top })}>
      {text}{" "}
      <button
        type="button"
        class="link"
        aria-label="Do not say this again"
        title="Do not say this again"
        onClick={({ currentTarget }) => {
          const caption = currentTarget.parentElement!.previousElementSibling;
          (caption as HTMLElement).tabIndex = -1;
          (caption as HTMLElement).focus();
          readHint();
        }}
      >
        ×
      </button>
    </p>
  );
}
