/** The verdict of a row: its sign, and on hover or selection three buttons. */

import type { JSX } from "preact";
import { judgeAndGoOn } from "../data/chosenEntry.ts";
import type { Entry } from "../data/entries.ts";
import { VERDICTS, type Verdict, verdicts } from "../data/verdicts.ts";

const SIGNS: Record<Verdict | "open", JSX.Element> = {
  open: <circle cx="6" cy="6" r="3.5" />,
  seen: <circle cx="6" cy="6" r="4" class="full" />,
  confirmed: <path d="M1.5 6.5 4.7 9.7 10.7 2.3" />,
  dismissed: <path d="M2 2 10 10M10 2 2 10" />,
};

function VerdictGlyph({ of }: { of: Verdict | "open" }): JSX.Element {
  return (
    <svg class={`glyph ${of}`} width="12" height="12" aria-hidden="true">
      {SIGNS[of]}
    </svg>
  );
}

export const DOES: Record<Verdict, string> = {
  seen: "Skip",
  confirmed: "Confirm",
  dismissed: "Dismiss",
};

export function VerdictButtons(props: {
  entry: Entry;
  isTold: boolean;
}): JSX.Element {
  const { entry, isTold } = props;
  const now = verdicts.value.get(entry.key);
  return (
    <span class="judge">
      <VerdictGlyph of={now ?? "open"} />
      <span class="buttons">
        {VERDICTS.map((verdict) => (
          <button
            key={verdict}
            type="button"
            aria-label={DOES[verdict]}
            title={`${DOES[verdict]} (${DOES[verdict][0]})`}
            aria-pressed={now === verdict}
            tabIndex={isTold ? 0 : -1}
            onClick={() => judgeAndGoOn(entry, verdict)}
          >
            <VerdictGlyph of={verdict} />
          </button>
        ))}
      </span>
    </span>
  );
}
