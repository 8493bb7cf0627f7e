/** The first minute: what one can do here, in one line, until it is read. */

import type { JSX } from "preact";
import { kindOf } from "../../hierarchy/selection.ts";
import { comparedRun } from "../../state/comparison/comparison.ts";
import { isFiltered } from "../../state/filters.ts";
import { px } from "../../state/pageLayout.ts";
import { ERRORS, tab } from "../../state/tabs.ts";
import * as view from "../../state/view.ts";
import { views } from "../views.ts";
import { readHint } from "./firstMinute.ts";

/** Where nothing was chosen yet; else null. */
export function hintInWords(): string | null {
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
  return hasSamples ? `${said}, S shows its pictures` : said;
}

export function Hint(props: {
  text: string;
  left: number;
  top: number;
}): JSX.Element {
  const { text, left, top } = props;
  return (
    <p class="caption hint" data-testid="hint" style={px({ left, top })}>
      {text}{" "}
      <button
        type="button"
        class="link"
        aria-label="Do not say this again"
        title="Do not say this again"
        onClick={readHint}
      >
        ×
      </button>
    </p>
  );
}
