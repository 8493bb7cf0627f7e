/** The small multiples, whose code comes when they are first asked for. */

import { signal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { px } from "./layout.ts";
import { layout } from "./view.ts";

const found = signal<{ Multiples: ComponentType } | null>(null);
const failed = signal(false);

async function fetchPart(): Promise<void> {
  failed.value = false;
  try {
    found.value = await import("./multiples.tsx");
  } catch {
    failed.value = true;
  }
}

export function LateMultiples(): JSX.Element | null {
  useEffect(() => {
    if (!found.value) void fetchPart();
  }, []);
  const part = found.value;
  if (part) return <part.Multiples />;
  if (!failed.value) return null;
  const { y, width, height } = layout.value.map;
  return (
    <div class="notice map" role="alert" style={px({ top: y, width, height })}>
      <p class="strong">The code for several epochs did not come</p>
      <button
        type="button"
        class="link chosen"
        onClick={() => location.reload()}
      >
        Load the page again
      </button>
    </div>
  );
}
