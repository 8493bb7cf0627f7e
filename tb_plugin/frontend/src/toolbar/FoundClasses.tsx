/** What the box finds: classes and groups to go to, or to show alone. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import {
  type Absence,
  absenceInWords,
  isAbsence,
  MISSING_KINDS,
  NONE,
} from "../confusion/missingClasses.ts";
import { leavesInWords, tellingId } from "../hierarchy/classNames.ts";
import { positionsNamed, search } from "../hierarchy/classSearch.ts";
import { classesOf, isLeaf, type Tree } from "../hierarchy/tree.ts";
import { glideTo, zoomTo } from "../matrix/gestures/zoom.ts";
import * as view from "../state/all.ts";
import { only, wantedPositions } from "../state/filters.ts";
import { missingClasses } from "../state/remainder.ts";
import { addStyle } from "../ui/addStyle.ts";
import { plural, whole } from "../ui/format.ts";
import { active, close, isOpen, query } from "./classQuery.ts";
import style from "./foundClasses.css?inline";

addStyle(style);

const MOST = 10;
const MOST_MISSING = 200;
/** Classes at least that are shown around one. */
const FEW = 8;
/** Letters from which on an absence is what is meant, and no name. */
const SURE = 4;

/** A line of the list: a node to go to, or an absence to look for. */
type Line = { node: number } | { absence: Absence; count: number };

const found = computed<Line[]>(() => {
  const tree = view.tree.value;
  if (!tree || !isOpen.value) return [];
  const text = query.value.trim();
  if (isAbsence(text)) {
    return missingClasses.value?.[text].map((node) => ({ node })) ?? [];
  }
  const asked = text.length >= SURE;
  const offered = MISSING_KINDS.flatMap((absence) => {
    const count = missingClasses.value?.[absence].length ?? 0;
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
  // What finds names is at hand here, where the filter may still wait for it.
  const positions = isAbsence(text)
    ? wantedPositions(tree, text, () => view.epoch.value?.sums)
    : positionsNamed(tree, text);
  return positions?.reduce((sum, each) => sum + each, 0) ?? 0;
});

/** Closes the list, and gives the keys back to the page. */
function leave(): void {
  close();
  (document.activeElement as HTMLElement | null)?.blur();
}

function showAlone(text: string): void {
  only.value = text.trim();
  leave();
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
  leave();
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

/** The lines of the list; below them one more, all of them and nothing else. */
const list = computed(() => {
  const lines = found.value;
  // All that are missing are an answer, all that are like a name are not.
  const most = isAbsence(query.value.trim()) ? MOST_MISSING : MOST;
  const shown = lines.slice(0, most);
  const count = shown.length + (wanted.value > 0 ? 1 : 0);
  return {
    shown,
    count,
    hidden: lines.length - shown.length,
    at: Math.min(active.value, count - 1),
  };
});

/** What the box says of its list. */
export function described(): {
  "aria-expanded": boolean;
  "aria-activedescendant"?: string;
} {
  const { count, at } = list.value;
  return {
    "aria-expanded": isOpen.value && count > 0,
    ...(isOpen.value && at >= 0
      ? { "aria-activedescendant": `found-${at}` }
      : {}),
  };
}

/** Whether a key in the box meant the list. */
export function press({ key, shiftKey }: KeyboardEvent): boolean {
  const { shown, count, at } = list.value;
  const by = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (by !== undefined && count) active.value = (at + by + count) % count;
  else if (key !== "Enter") return false;
  else if (shiftKey && wanted.value > 0) showAlone(query.value);
  else choose(shown[at]);
  return true;
}

export function FoundClasses(): JSX.Element | null {
  const tree = view.tree.value;
  const { shown, count, hidden, at } = list.value;
  const text = query.value.trim();
  if (!tree || !isOpen.value || !(text || count)) return null;
  return (
    <div class="found" data-testid="found">
      {count > 0 && (
        <div id="found" role="listbox" aria-label="Found">
          {shown.map((line, i) => (
            <Row
              key={"absence" in line ? line.absence : line.node}
              tree={tree}
              line={line}
              i={i}
              isActive={i === at}
            />
          ))}
          {count > shown.length && (
            <Option
              i={shown.length}
              isActive={at === shown.length}
              onChoose={() => showAlone(query.value)}
            >
              <span class="name">
                Show only {leavesInWords(tree, wanted.value)}
              </span>
              <kbd>⇧ ↵</kbd>
            </Option>
          )}
        </div>
      )}
      <p class="aside" role="status">
        {hidden > 0 && `${whole(hidden)} more`}
        {shown.length === 0 && text && nothing()}
      </p>
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
      <Option i={i} isActive={isActive} onChoose={onChoose}>
        <span class="name">{absenceInWords(line.absence)}</span>
        <span class="aside">{leavesInWords(tree, line.count)}</span>
      </Option>
    );
  }
  const { node } = line;
  const id = tellingId(tree, node);
  const about = isLeaf(tree, node)
    ? tree.names[tree.parent[node]!]!
    : plural(classesOf(tree, node), "class", "classes");
  return (
    <Option i={i} isActive={isActive} onChoose={onChoose}>
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
      }}
      onPointerMove={() => {
        active.value = i;
      }}
    >
      {children}
    </div>
  );
}
