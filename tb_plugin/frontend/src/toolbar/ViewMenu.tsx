/** The button of how the matrix is drawn, whose choices come when it is opened. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { isFiltered, only, recount } from "../state/filters.ts";
import { lazy } from "../ui/lazy.ts";
import { ClearFilters } from "./ClearFilters.tsx";
import { unusual } from "./unusualView.ts";

const choices = lazy(() => import("./ViewChoices.tsx"));

export function ViewMenu(): JSX.Element {
  const menu = useRef<HTMLDivElement>(null);
  const [isAsked, ask] = useState(false);
  const part = isAsked ? choices() : null;
  const said = unusual.value.join(", ");
  return (
    <>
      <button
        type="button"
        class={said ? "choice long" : "choice"}
        popovertarget="view"
        aria-haspopup="true"
        data-testid="view"
        title={said ? `view: ${said}` : "Order, value, scale, what is shown"}
        onClick={({ currentTarget }) => {
          const { left } = currentTarget.getBoundingClientRect();
          menu.current?.style.setProperty("left", `${left - 12}px`);
          ask(true);
        }}
      >
        <span class="label">view</span>
        {said && <span class="value">{said}</span>}
      </button>
      {(isFiltered.value || recount.value) && !only.value && <ClearFilters />}
      <div
        ref={menu}
        id="view"
        class="menu"
        popover="auto"
        data-testid="view-menu"
      >
        {part && <part.ViewChoices />}
      </div>
    </>
  );
}
