/** The box that finds classes and groups, goes there, or shows them alone. */

import { computed, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { ABSENCES, isAbsence, NONE } from "./absences.ts";
import { ClearFilters } from "./clearfilters.tsx";
import { only, wantedPositions } from "./filtering.ts";
import { search } from "./find.ts";
import { plural, whole } from "./format.ts";
import { glideTo, zoomTo } from "./motion.ts";
import { tellingId } from "./names.ts";
import { lacking } from "./others.ts";
import { classesOf, isLeaf, type Tree } from "./tree.ts";
import * as view from "./view.ts";

const MOST = 10;
const MOST_MISSING = 200;
/** Classes at least that are shown around one. */
const FEW = 8;
/** Letters from which on an absence is what is meant, and no name. */
const SURE = 4;

const query = signal("");
const isOpen = signal(false);
const active = signal(0);

/** A line of the list: a node to go to, or an absence to look for. */
type Line = { node: number } | { absence: string; count: number };

const found = computed<Line[]>(() => {
  const tree = view.tree.value;
  if (!tree || !isOpen.value) return [];
  const text = query.value.trim();
  if (isAbsence(text)) {
    return lacking.value?.[text].map((node) => ({ node })) ?? [];
  }
  const asked = text.length >= SURE;
  const offered = ABSENCES.flatMap((absence) => {
    const count = lacking.value?.[absence].length ?? 0;
    const fits = absence.startsWith(text.toLowerCase());
    return fits && (count || asked) ? [{ absence, count }] : [];
  });
  const named = text ? search(tree, text).map(({ node }) => ({ node })) : [];
  return asked && offered.length ? offered : [...offered, ...named];
});

/** What to say where the list is empty. */
function nothing(): string {
  const text = query.value.trim();
  return isAbsence(text) ? NONE[text] : "Nothing is called so";
}

/** How many classes would be shown alone. */
const wanted = computed(() => {
  const [tree, text] = [view.tree.value, query.value.trim()];
  if (!tree || !text || !isOpen.value) return 0;
  if (found.value.some((line) => "absence" in line)) return 0;
  const positions = wantedPositions(tree, text, () => view.epoch.value?.sums);
  return positions.reduce((sum, each) => sum + each, 0);
});

function close(): void {
  isOpen.value = false;
  query.value = only.value;
}

/** The box stands for what is typed, or for what is shown alone. */
const shownText = computed(() => (isOpen.value ? query.value : only.value));

export function focusFinder(): void {
  document.querySelector<HTMLInputElement>("[data-testid=find]")?.focus();
}

function showAlone(text: string): void {
  only.value = text.trim();
  close();
}

function choose(line: Line | undefined): void {
  if (!line) {
    if (wanted.value > 0) showAlone(query.value);
    return;
  }
  if ("absence" in line) {
    query.value = line.absence;
    active.value = 0;
    return;
  }
  const { node } = line;
  close();
  view.select(node);
  // A group by itself, a single class among its neighbours.
  const tree = view.tree.value!;
  let around = node;
  while (around > 0 && classesOf(tree, around) < FEW) {
    around = tree.parent[around]!;
  }
  if (around > 0) zoomTo({ rows: around, columns: around });
  else glideTo(view.fullWindow());
}

export function Finder(): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const tree = view.tree.value;
  const lines = found.value;
  // All that are missing are an answer, all that are like a name are not.
  const most = isAbsence(query.value.trim()) ? MOST_MISSING : MOST;
  const shown = lines.slice(0, most);
  // One more, below the list: all of them, and nothing else.
  const extra = wanted.value > 0 ? 1 : 0;
  const at = Math.min(active.value, shown.length + extra - 1);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const count = shown.length + extra;
    if (by !== undefined && count) {
      active.value = (at + by + count) % count;
    } else if (event.key === "Enter") {
      if (event.shiftKey && extra) showAlone(query.value);
      else choose(shown[at]);
      if (!isOpen.value) input.current?.blur();
    } else if (event.key === "Escape") {
      if (query.value && query.value !== only.value) query.value = "";
      else input.current?.blur();
    } else return;
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
        placeholder="Find a class"
        aria-label="Find a class"
        aria-expanded={isOpen.value && shown.length + extra > 0}
        aria-controls="found"
        aria-autocomplete="list"
        aria-activedescendant={
          isOpen.value && at >= 0 ? `found-${at}` : undefined
        }
        autocomplete="off"
        spellcheck={false}
        value={shownText.value}
        onInput={({ currentTarget }) => {
          query.value = currentTarget.value;
          active.value = 0;
          if (!query.value.trim()) only.value = "";
        }}
        onFocus={({ currentTarget }) => {
          query.value = only.value;
          active.value = 0;
          isOpen.value = true;
          currentTarget.select();
        }}
        onBlur={close}
        onKeyDown={onKeyDown}
      />
      {only.value ? <ClearFilters /> : <kbd title="Key">/</kbd>}
      {tree && isOpen.value && (query.value.trim() || shown.length > 0) && (
        <div class="found" data-testid="found">
          {shown.length + extra > 0 && (
            <div id="found" role="listbox" aria-label="Found">
              {shown.map((line, i) => (
                <Row
                  key={"absence" in line ? line.absence : line.node}
                  {...{ tree, line, i }}
                  isActive={i === at}
                />
              ))}
              {extra > 0 && (
                <Option
                  i={shown.length}
                  isActive={at === shown.length}
                  onChoose={() => showAlone(query.value)}
                >
                  <span class="name">
                    Show only {plural(wanted.value, "class", "classes")}
                  </span>
                  <kbd>⇧ ↵</kbd>
                </Option>
              )}
            </div>
          )}
          <p class="aside" role="status">
            {lines.length > most && `${whole(lines.length - most)} more`}
            {lines.length === 0 && query.value.trim() && nothing()}
          </p>
        </div>
      )}
    </div>
  );
}

function Row(props: {
  tree: Tree;
  line: Line;
  i: number;
  isActive: boolean;
}): JSX.Element {
  const { tree, line, i, isActive } = props;
  const onChoose = (): void => choose(line);
  if ("absence" in line) {
    return (
      <Option {...{ i, isActive, onChoose }}>
        <span class="name">{line.absence}</span>
        <span class="aside">{plural(line.count, "class", "classes")}</span>
      </Option>
    );
  }
  const { node } = line;
  const id = tellingId(tree, node);
  const about = isLeaf(tree, node)
    ? tree.names[tree.parent[node]!]!
    : plural(classesOf(tree, node), "class", "classes");
  return (
    <Option {...{ i, isActive, onChoose }}>
      <span class="name">
        {tree.names[node]}
        {id !== null && <span class="aside"> {id}</span>}
      </span>
      <span class="aside">{about}</span>
    </Option>
  );
}

function Option(props: {
  i: number;
  isActive: boolean;
  onChoose: () => void;
  children: JSX.Element | JSX.Element[];
}): JSX.Element {
  const { i, isActive, onChoose, children } = props;
  return (
    <div
      id={`found-${i}`}
      ref={(line) => {
        if (isActive) line?.scrollIntoView({ block: "nearest" });
      }}
      class="line"
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      // Before the box loses the focus, and the list with it.
      onPointerDown={(event) => {
        event.preventDefault();
        onChoose();
        const box = document.activeElement;
        if (!isOpen.value && box instanceof HTMLElement) box.blur();
      }}
      onPointerMove={() => {
        active.value = i;
      }}
    >
      {children}
    </div>
  );
}
