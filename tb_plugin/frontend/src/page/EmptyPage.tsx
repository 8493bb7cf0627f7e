/** What to do where no run has logged a matrix yet. */

import type { JSX } from "preact";
import { reload } from "../loading/series.ts";
import { addStyle } from "../ui/addStyle.ts";
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
