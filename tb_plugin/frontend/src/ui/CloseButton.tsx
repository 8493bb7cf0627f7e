/** Closes the dialog that it stands in. */

import type { JSX } from "preact";

export function CloseButton(): JSX.Element {
  return (
    <button
      type="button"
      class="label"
      onClick={({ currentTarget }) => currentTarget.closest("dialog")?.close()}
    >
      Close
    </button>
  );
}
