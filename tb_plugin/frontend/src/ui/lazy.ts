/** Parts of the page in files of their own, which come when they are asked for. */

import { effect, signal, untracked } from "@preact/signals";

/** Whether a part that was asked for has not come. */
export const isIncomplete = signal(false);

/**
 * A part that comes when it is first asked for.
 *
 * @returns a function that gives the part, null until it has come
 */
export function lazy<Part>(fetchPart: () => Promise<Part>): () => Part | null {
  const part = signal<Part | null>(null);
  let isAsked = false;
  const ask = async (): Promise<void> => {
    isAsked = true;
    try {
      part.value = await fetchPart();
      isIncomplete.value = false;
    } catch {
      isAsked = false;
      isIncomplete.value = true;
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
  let isDone = false;
  const stop = effect(() => {
    const part = ask();
    if (!part || isDone) return;
    isDone = true;
    untracked(() => use(part));
  });
  if (isDone) stop();
}
