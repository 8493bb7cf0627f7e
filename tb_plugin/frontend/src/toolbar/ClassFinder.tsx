/** The box that finds classes; its list comes when it is first entered. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { barIsStacked } from "../state/all.ts";
import { only } from "../state/filters.ts";
import { lazy, whenLoaded } from "../ui/lazy.ts";
import { ClearFilters } from "./ClearFilters.tsx";
import { active, close, isOpen, open, query, shownText } from "./classQuery.ts";

const list = lazy(() => import("./FoundClasses.tsx"));

export function focusFinder(): void {
  document.querySelector<HTMLInputElement>("[data-testid=find]")?.focus();
}

export function ClassFinder(): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const part = isOpen.value ? list() : null;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      if (query.value && query.value !== only.value) query.value = "";
      else input.current?.blur();
    } else if (event.key === "Enter" && !part) {
      whenLoaded(list, ({ press }) => press(event));
    } else if (!part?.press(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class={only.value ? "finder filtering" : "finder"}>
      <input
        ref={input}
        type="text"
        role="combobox"
        data-testid="find"
        placeholder={barIsStacked.value ? "Find" : "Find a class"}
        aria-label="Find a class"
        aria-expanded={false}
        aria-controls="found"
        aria-autocomplete="list"
        autocomplete="off"
        spellcheck={false}
        value={shownText.value}
        onInput={({ currentTarget }) => {
          query.value = currentTarget.value;
          active.value = 0;
          if (!query.value.trim()) only.value = "";
        }}
        onFocus={({ currentTarget }) => {
          open();
          currentTarget.select();
        }}
        onBlur={close}
        onKeyDown={onKeyDown}
        {...part?.described()}
      />
      {only.value ? <ClearFilters /> : <kbd title="Key">/</kbd>}
      {part && <part.FoundClasses />}
    </div>
  );
}
