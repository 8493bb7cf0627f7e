/** The button of the help, whose text comes when it is first opened. */

import type { JSX } from "preact";
import { lazy } from "../../ui/lazy.ts";
import { helpIsOpen } from "../keyboard.ts";

const dialog = lazy(() => import("./HelpDialog.tsx"));

export function HelpButton(): JSX.Element {
  return (
    <button
      type="button"
      class="muted"
      aria-label="Shortcuts"
      title="Shortcuts (?)"
      aria-haspopup="dialog"
      data-testid="help-button"
      onClick={() => {
        helpIsOpen.value = true;
      }}
    >
      ?
    </button>
  );
}

export function Help(): JSX.Element | null {
  const part = helpIsOpen.value ? dialog() : null;
  return part && <part.HelpDialog />;
}
