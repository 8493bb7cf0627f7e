/** What the user made of entries; it stays in this browser. */

import { effect, signal } from "@preact/signals";
import * as view from "../../state/all.ts";
import type { Entry } from "./entries.ts";

export const VERDICTS = ["seen", "confirmed", "dismissed"] as const;
export type Verdict = (typeof VERDICTS)[number];
export type Verdicts = ReadonlyMap<string, Verdict>;

/** As the page calls them; stores and files keep the names above. */
export const CALLED: Record<Verdict | "open", string> = {
  open: "to do",
  seen: "skipped",
  confirmed: "confirmed",
  dismissed: "dismissed",
};

/** Those of the shown run and split. */
export const verdicts = signal<Verdicts>(new Map());

const PREFIX = "keras-hier/verdicts/";

/** Anything may stand in a store that others write to as well. */
export function parse(text: string | null): Map<string, Verdict> {
  const found = new Map<string, Verdict>();
  let stored: unknown = null;
  try {
    stored = JSON.parse(text ?? "null");
  } catch {
    return found;
  }
  if (typeof stored !== "object" || stored === null) return found;
  for (const [key, value] of Object.entries(stored)) {
    const verdict = VERDICTS.find((each) => each === value);
    if (verdict) found.set(key, verdict);
  }
  return found;
}

/** The same verdict again takes it back. */
export function judged(
  before: Verdicts,
  key: string,
  verdict: Verdict,
): Map<string, Verdict> {
  const after = new Map(before);
  if (after.get(key) === verdict) after.delete(key);
  else after.set(key, verdict);
  return after;
}

export type Counts = Record<Verdict | "open", number>;

/** Open are those that are evidence, or hints, and were not looked at. */
export function countVerdicts(
  entries: readonly Pick<Entry, "key" | "isListed" | "list">[],
  all: Verdicts,
): Counts {
  const counts: Counts = { open: 0, seen: 0, confirmed: 0, dismissed: 0 };
  for (const { key, isListed, list } of entries) {
    const verdict = all.get(key);
    if (verdict) counts[verdict]++;
    else if (isListed || list === "two_objects") counts.open++;
  }
  return counts;
}

function stored(run: string): Map<string, Verdict> | null {
  try {
    return parse(localStorage.getItem(PREFIX + run));
  } catch {
    return null;
  }
}

/** Gives a verdict; says whether the entry has it now. */
export function judge(entry: Entry, verdict: Verdict): boolean {
  const run = view.run.peek();
  // Another window may have judged meanwhile. Closed stores judge for a while.
  const after = judged(stored(run) ?? verdicts.peek(), entry.key, verdict);
  verdicts.value = after;
  try {
    const text = JSON.stringify(Object.fromEntries(after));
    localStorage.setItem(PREFIX + run, text);
  } catch {
    // They last as long as the page.
  }
  return after.has(entry.key);
}

export function followVerdicts(): void {
  effect(() => {
    verdicts.value = stored(view.run.value) ?? new Map();
  });
  window.addEventListener("storage", ({ key }) => {
    const run = view.run.peek();
    if (key === PREFIX + run) verdicts.value = stored(run) ?? new Map();
  });
}
