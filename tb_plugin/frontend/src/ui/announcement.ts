/** What screen readers are told when the picture alone changes. */

import { signal } from "@preact/signals";

/** The last words; the page holds them where they are read out politely. */
export const announcement = signal("");

export function announce(text: string): void {
  announcement.value = text;
}
