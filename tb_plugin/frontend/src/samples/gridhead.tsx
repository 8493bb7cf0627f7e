/** How many samples there are, and how large their pictures. */

import type { JSX } from "preact";
import { plural, whole } from "../format.ts";
import { grouping, SIZES, size } from "./choices.ts";
import { areErrors, arranged, concerned } from "./chosen.ts";

export function GridHead(): JSX.Element {
  const { list, groups } = arranged.value;
  const noun: [string, string] = areErrors.value
    ? ["error", "errors"]
    : ["sample", "samples"];
  const side = {
    actual: "actual classes",
    predicted: "predicted classes",
    both: "pairs",
  }[grouping.value];
  return (
    <div class="grid-head">
      <p data-testid="grid-title">
        <strong>{plural(list.length, ...noun)}</strong>
        <span class="label">
          of {plural(concerned.value, "sample", "samples")} ·{" "}
          {whole(groups.length)} {side}
          {groups.length > 1 && " · one row each, Enter opens one"}
        </span>
      </p>
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
