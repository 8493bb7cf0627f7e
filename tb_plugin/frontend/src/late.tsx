/** The small multiples, whose code comes when they are first asked for. */

import { signal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { messageOf } from "./store.ts";
import { problem } from "./view.ts";

const found = signal<{ Multiples: ComponentType } | null>(null);

export function LateMultiples(): JSX.Element | null {
  useEffect(() => {
    if (found.value) return;
    import("./multiples.tsx").then(
      (part) => {
        found.value = part;
      },
      (error: unknown) => {
        problem.value = { text: messageOf(error), gone: false };
      },
    );
  }, []);
  const part = found.value;
  return part && <part.Multiples />;
}
