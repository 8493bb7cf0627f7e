/** What is said to who sees the page for the first time, until it was read. */

import { signal } from "@preact/signals";

const KEY = "blocks.hint.read";

// A page may have no storage: then it is said in each anew.
function wasRead(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

export const hintIsRead = signal(wasRead());

export function readHint(): void {
  hintIsRead.value = true;
  try {
    localStorage.setItem(KEY, "1");
  } catch {
    // It stays away for as long as this page lives.
  }
}
