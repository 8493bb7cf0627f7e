/** Says that what is asked for is not in the log, and what is shown. */

import { effect, signal } from "@preact/signals";
import type { JSX } from "preact";
import { chooseRun, usualRun } from "../loading/series.ts";
import * as view from "../state/view.ts";

/** The run of which it has been read: its name in the bar says it still. */
const closed = signal("");
effect(() => {
  if (!view.missingRun.value) closed.value = "";
});

export function Absent(): JSX.Element | null {
  const missing = view.missingRun.value;
  if (missing) return missing === closed.value ? null : <Missing />;
  const instead = view.instead.value;
  if (!instead) return null;
  const { asked, isRun, run, output, step } = instead;
  return (
    <div class="problem" role="alert" data-testid="absent">
      <span>
        {isRun
          ? `There is no run ${asked} in this log. Shown is ${run}, ${output}, epoch ${step}.`
          : `${run} has no ${asked}. Shown is ${output}, epoch ${step}.`}
      </span>
      <Close act={() => view.sayInstead(null)} />
    </div>
  );
}

function Missing(): JSX.Element {
  const run = view.missingRun.value;
  const other = usualRun(view.runs.value ?? []);
  return (
    <div class="problem" role="alert" data-testid="absent">
      <span>
        {view.tree.value
          ? `${run} is no longer in this log: it was deleted or moved. Shown is what was loaded before.`
          : `${run} is not in this log: it was deleted or moved, or is not read yet. Nothing is shown until it comes.`}
      </span>
      {other && (
        <button type="button" onClick={() => void chooseRun(other.run)}>
          Show {other.run}
        </button>
      )}
      {view.tree.value && (
        <Close
          act={() => {
            closed.value = run;
          }}
        />
      )}
    </div>
  );
}

function Close({ act }: { act: () => void }): JSX.Element {
  return (
    <button type="button" onClick={act}>
      Close
    </button>
  );
}
