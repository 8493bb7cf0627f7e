/** The verdict of a row: its sign, and on hover or selection three buttons. */

import type { JSX } from "preact";
import { judgeAndGoOn } from "./chosen.ts";
import type { Entry } from "./entries.ts";
import { Glyph } from "./glyph.tsx";
import { VERDICTS, type Verdict, verdicts } from "./verdicts.ts";

export const DOES: Record<Verdict, string> = {
  ...{ seen: "Seen", confirmed: "Confirm", dismissed: "Dismiss" },
};

export function Judge(props: { entry: Entry; isTold: boolean }): JSX.Element {
  const { entry, isTold } = props;
  const now = verdicts.value.get(entry.key);
  return (
    <span class="judge">
      <Glyph of={now ?? "open"} />
      <span class="buttons">
        {VERDICTS.map((verdict) => (
          <button
            key={verdict}
            type="button"
            aria-label={DOES[verdict]}
            title={`${DOES[verdict]} (${verdict[0]!.toUpperCase()})`}
            aria-pressed={now === verdict}
            tabIndex={isTold ? 0 : -1}
            onClick={() => judgeAndGoOn(entry, verdict)}
          >
            <Glyph of={verdict} />
          </button>
        ))}
      </span>
    </span>
  );
}
