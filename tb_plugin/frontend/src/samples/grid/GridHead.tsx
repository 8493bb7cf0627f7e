/** How many samples there are, and how large their pictures. */

import type { JSX } from "preact";
import { zoomedParts } from "../../matrix/zoomed/lazyZoomed.ts";
import * as view from "../../state/all.ts";
import {
  least,
  only,
  range,
  relation,
  showAllCells,
} from "../../state/filters.ts";
import { plural, whole } from "../../ui/format.ts";
import { grouping, SIZES, size } from "../selection/choices.ts";
import type { Grouping } from "../selection/grouping.ts";
import {
  areErrors,
  arranged,
  concerned,
  leftOut,
} from "../selection/shownSamples.ts";

export function GridHead(): JSX.Element {
  const { list, groups } = arranged.value;
  const noun: [string, string] = areErrors.value
    ? ["error", "errors"]
    : ["sample", "samples"];
  const nouns: Record<Grouping, [string, string]> = {
    actual: ["actual class", "actual classes"],
    predicted: ["predicted class", "predicted classes"],
    both: ["pair", "pairs"],
  };
  return (
    <div class="grid-head">
      <p data-testid="grid-title">
        <strong>{plural(list.length, ...noun)}</strong>
        <span class="label">
          of {plural(concerned.value, "sample", "samples")} ·{" "}
          {plural(groups.length, ...nouns[grouping.value])}
          {groups.length > 1 && !leftOut.value && (
            <> · one row each, Enter opens one</>
          )}
        </span>
      </p>
      {leftOut.value > 0 && <LeftOut />}
      <fieldset class="sizes">
        <legend class="label">picture</legend>
        {SIZES.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === size.value}
            onClick={() => {
              size.value = each;
            }}
          >
            {each}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

/** Samples whose cells the matrix leaves out, and the way back to them. */
function LeftOut(): JSX.Element | null {
  const code = zoomedParts.value;
  if (!code) return null;
  const filters = {
    least: least.value,
    range: range.value,
    relation: relation.value,
  };
  const why = code
    .reasons(filters, only.value, view.cellValue.value)
    .join(", ");
  const text = `${whole(leftOut.value)} in cells left out: ${why}`;
  return (
    <p class="left-out" data-testid="cells-left-out">
      <span title={text}>{text}</span>
      <button
        type="button"
        class="link chosen"
        data-testid="show-all-cells"
        onClick={showAllCells}
      >
        show all
      </button>
    </p>
  );
}
