/** Under the histogram of probabilities: whether they hold what they promise. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { kindOf, spanOf } from "../../hierarchy/selection.ts";
import * as view from "../../state/view.ts";
import { percent, plain, plural } from "../../ui/format.ts";
import { calibrationOf } from "../data/calibration.ts";
import { facts } from "../selection/shownSamples.ts";

/**
 * Of all answers that name the selection, right or wrong, without filters.
 *
 * Of samples that were chosen by what they are, rather than by what was said of
 * them, probabilities promise nothing: rows and pairs have none.
 */
const calibration = computed(() => {
  const [here, tree] = [facts.value, view.tree.value];
  const { rows, columns } = view.selection.value;
  const kind = kindOf(view.selection.value);
  if (!here || !tree) return null;
  if (kind !== "all" && kind !== "group" && kind !== "column band") return null;
  const [from, to] = spanOf(tree, columns || rows);
  return calibrationOf(here, (i) => {
    const answer = here.predictedLeaf[i]!;
    return answer >= from && answer < to;
  });
});

export function CalibrationLine(): JSX.Element | null {
  const found = calibration.value;
  if (!found) return null;
  const { samples, error, chance, most, excess, isBiased } = found;
  const isBeyond = error > most;
  const digits = view.layout.value.compact ? 0 : 1;
  const how = excess > 0 ? "too sure" : "too unsure";
  return (
    <p
      class="label calibration"
      data-testid="calibration"
      title={
        `Expected calibration error, ${percent(error, 2)}, of ` +
        `${plural(samples, "answer that names", "answers that name")} the ` +
        "selection, in 15 bins. A perfectly calibrated network would have " +
        `${percent(chance, 2)} with so many, and less than ` +
        `${percent(most, 2)} 19 times of 20 (by formula: normal bins). Mean ` +
        `probability minus share right: ${plain(100 * excess, 1)} points.`
      }
    >
      {view.layout.value.compact ? "ECE" : "calibration error"}{" "}
      <span class={isBeyond ? "beyond" : ""}>{percent(error, digits)}</span>,
      chance {percent(chance, digits)}
      {isBeyond && isBiased && (
        <>
          {" · "}
          <span class="how">{how}</span>
        </>
      )}
    </p>
  );
}
