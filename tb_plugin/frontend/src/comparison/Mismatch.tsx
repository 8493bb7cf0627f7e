/** Says, in the place of the difference, why there is none. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import * as view from "../state/all.ts";
import {
  comparisonNames,
  comparisonNumbers,
  mismatch,
} from "../state/comparison/comparedEpoch.ts";
import { comparedSeries } from "../state/comparison/comparison.ts";
import { px } from "../state/pageLayout.ts";
import { swap } from "./HowCompared.tsx";

/** Whether the shown classes would go into the groups of the other. */
const canTurn = computed(() => {
  const [tree, there] = [view.tree.value, comparedSeries.value?.tree];
  if (mismatch.value === null || !tree || !there) return false;
  return comparisonNumbers.value?.isWithin(tree, there) ?? false;
});

export function Mismatch(): JSX.Element | null {
  const why = mismatch.value;
  if (!why) return null;
  const { matrix, map, sideBySide: twin } = view.layout.value;
  const { shown, other } = comparisonNames.value;
  return (
    <div
      class={twin ? "notice" : "notice mismatch"}
      role="alert"
      data-testid="mismatch"
      style={px({
        left: matrix.x + twin,
        top: matrix.y - map.y,
        width: matrix.size,
        height: matrix.size,
      })}
    >
      <p class="strong">
        {shown} and {other} cannot be compared
      </p>
      <p>{why}</p>
      {canTurn.value && (
        <button type="button" class="link chosen" onClick={() => void swap()}>
          Compare them the other way round
        </button>
      )}
    </div>
  );
}
