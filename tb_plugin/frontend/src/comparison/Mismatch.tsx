/** Says, in the place of the difference, why there is none. */

import type { JSX } from "preact";
import {
  canTurn,
  comparisonNames,
  mismatch,
} from "../state/comparison/comparedEpoch.ts";
import { px } from "../state/pageLayout.ts";
import * as view from "../state/view.ts";
import { swap } from "./HowCompared.tsx";

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
