/** The views of the one selection. */

import type { JSX } from "preact";
import { hasSamples } from "../sampled.ts";
import { isNear, TABS, tab } from "../tab.ts";

export function Tabs(): JSX.Element {
  const tabs = TABS.filter(
    (each) => each !== "samples" || hasSamples.value || each === tab.value,
  );
  const walk = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const at = tabs.indexOf(tab.value) + by + tabs.length;
    tab.value = tabs[at % tabs.length]!;
    const all = (event.currentTarget as Element).children;
    (all[at % tabs.length] as HTMLElement).focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="View" onKeyDown={walk}>
      {tabs.map((each) => (
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
          {each[0]!.toUpperCase() + each.slice(1)}
        </button>
      ))}
    </div>
  );
}
