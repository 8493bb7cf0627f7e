/** Says in the matrix's place why there is nothing to see. */

import type { JSX } from "preact";
import { plural } from "./format.ts";
import { px } from "./layout.ts";
import { reload } from "./store.ts";
import * as view from "./view.ts";

type Box = {
  left: number;
  top: number;
  width: number;
  height: number;
};

export function Notice(box: Box): JSX.Element | null {
  const error = view.epochError.value;
  if (error !== null) {
    const others = view.epochs.value.filter(view.usable).length;
    return (
      <div class="notice" role="alert" data-testid="notice" style={px(box)}>
        <p class="strong">Epoch {view.step.value} cannot be shown</p>
        <p>{error}</p>
        <p>
          {others === 0
            ? "No other epoch of this run can be read."
            : `The other ${plural(others, "epoch", "epochs")} can: step with the arrow keys.`}
        </p>
      </div>
    );
  }
  if (view.epoch.value) return null;
  return (
    <div class="notice" role="status" data-testid="notice" style={px(box)}>
      <p>{view.problem.value ? "" : "Loading the matrix"}</p>
    </div>
  );
}

/** A line over everything: the server is gone, or refused. */
export function Problem(): JSX.Element | null {
  const problem = view.problem.value;
  if (!problem) return null;
  return (
    <div class="problem" role="alert" data-testid="problem">
      <span>
        {problem.gone
          ? "TensorBoard does not answer. What you see is what came before."
          : problem.text}
      </span>
      <button type="button" onClick={() => void reload()}>
        Try again
      </button>
    </div>
  );
}

/** No run has logged a matrix yet. */
export function Empty(): JSX.Element {
  return (
    <main class="empty" data-testid="empty">
      <h1>No block matrices here yet</h1>
      <p>Three lines log one per epoch:</p>
      <pre>
        {[
          "hierarchy = kh.Hierarchy.imagenet()  # or from_paths, from_csv, ...",
          'model.compile(..., weighted_metrics=["accuracy", kh.ConfusionMatrix(hierarchy)])',
          'model.fit(..., callbacks=[kh.BlocksCallback("runs/first")])',
        ].join("\n")}
      </pre>
      <p>Only labels and predictions at hand?</p>
      <pre>
        keras-hier log --labels y.npy --predictions p.npy --hierarchy imagenet
        --logdir runs/first
      </pre>
      <p>This page looks again whenever TensorBoard reloads its data.</p>
      <button type="button" onClick={() => void reload()}>
        Look now
      </button>
    </main>
  );
}
