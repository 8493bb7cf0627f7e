/** Says that what is asked for is not in the log, and what is shown. */

import { effect, signal } from "@preact/signals";
import type { JSX } from "preact";
import { nearestReadable } from "../loading/nearestEpoch.ts";
import { chooseRun, reload, usualRun } from "../loading/series.ts";
import * as view from "../state/all.ts";
import { px } from "../state/pageLayout.ts";
import { addStyle } from "../ui/addStyle.ts";
import { plural } from "../ui/format.ts";
import style from "./emptyPage.css?inline";

addStyle(style);

export function EmptyPage(): JSX.Element {
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
      <p>Only labels and predictions at hand? Without a model:</p>
      <pre>
        keras-hier log --labels y.npy --predictions p.npy --hierarchy imagenet
        --logdir runs/first
      </pre>
      <p>
        This page looks again by itself.{" "}
        <button type="button" class="action" onClick={() => void reload()}>
          Look now
        </button>
      </p>
    </main>
  );
}

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
