/** Parts of the page in files of their own, which come when they are asked for. */

import { computed, effect, signal, untracked } from "@preact/signals";

/** How many parts that were asked for have not come. */
const missing = signal(0);
export const isIncomplete = computed(() => missing.value > 0);

/**
 * A part that comes when it is first asked for.
 *
 * @returns a function that gives the part, null until it has come
 */
export function lazy<Part>(fetchPart: () => Promise<Part>): () => Part | null {
  const part = signal<Part | null>(null);
  let isAsked = false;
  // Another part that comes does not make this one come.
  let lacks = 0;
  const count = (now: number): void => {
    missing.value += now - lacks;
    lacks = now;
  };
  const ask = async (): Promise<void> => {
    isAsked = true;
    try {
      part.value = await fetchPart();
      count(0);
    } catch {
      isAsked = false;
      count(1);
    }
  };
  return () => {
    if (!isAsked) void ask();
    return part.value;
  };
}

/** Does something with a part, at once or as soon as it has come. */
export function whenLoaded<Part>(
  ask: () => Part | null,
  use: (part: Part) => void,
): void {
  const here = untracked(ask);
  if (here) {
    untracked(() => use(here));
    return;
  }
  let isDone = false;
  const stop = effect(() => {
    const part = ask();
    if (!part || isDone) return;
    isDone = true;
    // Effects of what it does come at once, not after all of it.
    queueMicrotask(() => {
      stop();
      use(part);
    });
  });
}
