/** The tabs of the panel: the matrix of errors, and the other views. */

import type { JSX } from "preact";
import { ERRORS, tab, viewPointedAt } from "../state/tabs.ts";
import { views } from "./views.ts";

export function Tabs(): JSX.Element {
  const tabs = [
    { key: ERRORS, name: "Errors" },
    ...views.value.filter(
      ({ key, isOffered }) => isOffered() || key === tab.value,
    ),
  ];
  const walk = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const now = tabs.findIndex(({ key }) => key === tab.value);
    const at = (now + by + tabs.length) % tabs.length;
    tab.value = tabs[at]!.key;
    const all = (event.currentTarget as Element).children;
    (all[at] as HTMLElement).focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="View" onKeyDown={walk}>
      {tabs.map(({ key, name }) => (
        <button
          key={key}
          type="button"
          role="tab"
          data-testid={`tab-${key}`}
          aria-selected={key === tab.value}
          tabIndex={key === tab.value ? 0 : -1}
          onPointerEnter={() => {
            viewPointedAt.value = key;
          }}
          onPointerLeave={() => {
            viewPointedAt.value = "";
          }}
          onClick={() => {
            tab.value = key;
          }}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
