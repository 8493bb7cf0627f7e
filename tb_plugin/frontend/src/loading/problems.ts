/** What is said of what went wrong. */

import { ServerGone } from "../api.ts";
import { problem } from "../view.ts";

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function report(error: unknown): void {
  const gone = error instanceof ServerGone;
  problem.value = { text: messageOf(error), gone };
}
