/** The views of the one selection. */

import type { JSX } from "preact";
import { isNear, TABS, type Tab, tab } from "../tab.ts";

const NAMES: Record<Tab, string> = { errors: "Errors", samples: "Samples" };

export function Tabs(): JSX.Element {
  const walk = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const at = TABS.indexOf(tab.value) + by + TABS.length;
    tab.value = TABS[at % TABS.length]!;
    const all = (event.currentTarget as Element).children;
    (all[at % TABS.length] as HTMLElement).focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="View" onKeyDown={walk}>
      {TABS.map((each) => (
        <button
          key={each}
          type="button"
          role="tab"
          data-testid={`tab-${each}`}
          aria-selected={each === tab.value}
          tabIndex={each === tab.value ? 0 : -1}
          onPointerEnter={() => {
            isNear.value = each === "samples";
          }}
          onPointerLeave={() => {
            isNear.value = false;
          }}
          onClick={() => {
            tab.value = each;
          }}
        >
          {NAMES[each]}
        </button>
      ))}
    </div>
  );
}
