/** The verdict of a row: its sign, and on hover or selection three buttons. */

import type { JSX } from "preact";
import { judgeAndGoOn } from "../data/chosenEntry.ts";
import type { Entry } from "../data/entries.ts";
import { VERDICTS, type Verdict, verdicts } from "../data/verdicts.ts";
import { VerdictGlyph } from "./VerdictGlyph.tsx";

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
