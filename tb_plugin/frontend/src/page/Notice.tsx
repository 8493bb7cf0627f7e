/** Says in the matrix's place why there is nothing to see. */

import type { JSX } from "preact";
import { nearestReadable } from "../loading/nearestEpoch.ts";
import { reload } from "../loading/series.ts";
import { px } from "../state/pageLayout.ts";
import * as view from "../state/view.ts";
import { plural } from "../ui/format.ts";
import { isIncomplete, lazy } from "../ui/lazy.ts";

type Box = {
  left: number;
  top: number;
  width: number;
  height: number;
};

export function Notice(box: Box): JSX.Element | null {
  const error = view.epochError.value;
  if (error !== null) {
    const now = view.step.value;
    const readable = view.epochs.value.filter(view.usable);
    const next = nearestReadable(readable, now);
    return (
      <div class="notice" role="alert" data-testid="notice" style={px(box)}>
        <p class="strong">Epoch {now} cannot be shown</p>
        <p>{error}</p>
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
  if (view.epoch.value || view.problem.value || view.missingRun.value) {
    return null;
  }
  const { run, runs, step } = view;
  const set = runs.value?.find(
    (each) => each.members && each.run === run.value,
  );
  return (
    <div
      class="notice loading"
      role="status"
      data-testid="notice"
      style={px(box)}
    >
      <p>
        {run.value
          ? `Loading epoch ${step.value} of ${set?.name ?? run.value}`
          : "Looking for runs"}
      </p>
    </div>
  );
}

/** A line over everything: the server is gone, refused, or lacks something. */
export function Problem(): JSX.Element | null {
  const problem = view.problem.value;
  if (!problem) return isIncomplete.value ? <Incomplete /> : <NotThere />;
  return (
    <div class="problem" role="alert" data-testid="problem">
      <span>
        {problem.gone
          ? "TensorBoard does not answer; it is asked again every few seconds."
          : problem.text}
      </span>
      <button type="button" onClick={() => void reload()}>
        Ask now
      </button>
    </div>
  );
}

const absent = lazy(() => import("./Absent.tsx"));

function NotThere(): JSX.Element | null {
  const isAll = !view.missingRun.value && !view.instead.value;
  const part = isAll ? null : absent();
  return part && <part.Absent />;
}

function Incomplete(): JSX.Element {
  return (
    <div class="problem" role="alert" data-testid="incomplete">
      <span>A part of this page did not come.</span>
      <button type="button" onClick={() => location.reload()}>
        Load it again
      </button>
    </div>
  );
}
