/** What is said of what went wrong. */

import { SourceGone } from "../server/source.ts";
import { problem } from "../state/all.ts";

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function report(error: unknown): void {
  const gone = error instanceof SourceGone;
  problem.value = { text: messageOf(error), gone };
}
