/** Says why an epoch cannot be shown, and which can. */

import type { JSX } from "preact";
import { nearestReadable } from "../loading/nearestEpoch.ts";
import { px } from "../state/pageLayout.ts";
import * as view from "../state/view.ts";
import { plural } from "../ui/format.ts";

export function UnreadableEpoch(box: Record<string, number>): JSX.Element {
  const now = view.step.value;
  const readable = view.epochs.value.filter(
    (each) => view.usable(each) && each.step !== now,
  );
  const next = nearestReadable(readable, now);
  return (
    <div class="notice" role="alert" data-testid="notice" style={px(box)}>
      <p class="strong">Epoch {now} cannot be shown</p>
      <p>{view.epochError.value}</p>
      {next === null ? (
        <p>No other epoch of this run can be read.</p>
      ) : (
        <p>
          The other {plural(readable.length, "epoch", "epochs")} can:{" "}
          <button
            type="button"
            class="action"
            onClick={() => view.goToStep(next)}
          >
            show epoch {next}
          </button>
        </p>
      )}
    </div>
  );
}
