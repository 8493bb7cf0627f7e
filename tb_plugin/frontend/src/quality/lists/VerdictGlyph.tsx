/** What was made of an entry, as a sign. */

import type { JSX } from "preact";
import type { Verdict } from "../data/verdicts.ts";

const SIGNS: Record<Verdict | "open", JSX.Element> = {
  open: <circle cx="6" cy="6" r="3.5" />,
  seen: <circle cx="6" cy="6" r="4" class="full" />,
  confirmed: <path d="M1.5 6.5 4.7 9.7 10.7 2.3" />,
  dismissed: <path d="M2 2 10 10M10 2 2 10" />,
};

export function VerdictGlyph({ of }: { of: Verdict | "open" }): JSX.Element {
  return (
    <svg class={`glyph ${of}`} width="12" height="12" aria-hidden="true">
      {SIGNS[of]}
    </svg>
  );
}
