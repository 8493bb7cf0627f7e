/** Says in the matrix's place why there is nothing to see. */

import type { JSX } from "preact";
import { reload } from "../loading/series.ts";
import * as view from "../state/all.ts";
import { px } from "../state/pageLayout.ts";
import { isIncomplete, lazy } from "../ui/lazy.ts";

type Box = {
  left: number;
  top: number;
  width: number;
  height: number;
};

const absent = lazy(() => import("./Absent.tsx"));

export function Notice(box: Box): JSX.Element | null {
  if (view.epochError.value !== null) {
    const part = absent();
    return part && <part.UnreadableEpoch {...box} />;
  }
  if (view.epoch.value || view.problem.value || view.missingRun.value) {
    return null;
  }
  const { members, name } = view.runInfo.value ?? {};
  const run = members ? name : view.run.value;
  return (
    <div
      class="notice loading"
      role="status"
      data-testid="notice"
      style={px(box)}
    >
      <p>
        {run
          ? `Loading epoch ${view.step.value} of ${run}`
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
