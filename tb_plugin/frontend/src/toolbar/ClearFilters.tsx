/** The cross that shows everything again. */

import type { JSX } from "preact";
import { clearFilters } from "../state/filters.ts";

export function ClearFilters(): JSX.Element {
  return (
    <button
      type="button"
      class="swap"
      aria-label="Clear all filters"
      title="Clear all filters"
      data-testid="clear-filters"
      onClick={clearFilters}
    >
      ✕
    </button>
  );
}
