/** What samples are to the selection: boxes with counts. */

import type { JSX } from "preact";
import { kindOf } from "../../hierarchy/selection.ts";
import * as view from "../../state/all.ts";
import { plural, whole } from "../../ui/format.ts";
import {
  CORRECT,
  FALSE_NEGATIVE,
  FALSE_POSITIVE,
  WRONG_CLASS,
} from "../selection/sampleRoles.ts";
import {
  allBits,
  bits,
  concerned,
  counts,
  toggleWhich,
} from "../selection/shownSamples.ts";

export function RoleFilter(): JSX.Element {
  const signs: Record<number, string> = {
    [FALSE_NEGATIVE]: "FN",
    [FALSE_POSITIVE]: "FP",
  };
  const isPair = !hasBands();
  return (
    <section aria-label="Show">
      <h2>
        Show <span class="label">{ofHowMany()}</span>
      </h2>
      {[FALSE_NEGATIVE, WRONG_CLASS, CORRECT, FALSE_POSITIVE]
        .filter((bit) => allBits.value & bit)
        .map((bit) => (
          <label key={bit} class="which">
            <input
              type="checkbox"
              data-testid={`which-${bit}`}
              checked={(bits.value & bit) !== 0}
              onClick={(event) => {
                // The last one stays: nothing would be left to see.
                toggleWhich(bit);
                event.currentTarget.checked = (bits.value & bit) !== 0;
              }}
            />
            <span class="name one-line">{nameOf(bit)}</span>
            <span class="label">{isPair ? "" : signs[bit]}</span>
            <span class="number">{whole(counts.value[bit] ?? 0)}</span>
          </label>
        ))}
    </section>
  );
}

export function hasBands(): boolean {
  const kind = kindOf(view.selection.value);
  return kind === "group" || kind.endsWith("band");
}

function nameOf(bit: number): string {
  const tree = view.tree.value!;
  const { rows, columns } = view.selection.value;
  const name = tree.names[rows || columns]!;
  const { compact } = view.pageFrame.value;
  const say = (away: string, within: string, right: string, into: string) =>
    ({ [FALSE_NEGATIVE]: away, [WRONG_CLASS]: within, [CORRECT]: right })[
      bit
    ] ?? into;
  switch (kindOf(view.selection.value)) {
    case "all":
      return say("", "wrong", "right", "");
    case "block":
      return say("", "errors in this cell", "right in it", "reverse errors");
    case "rectangle":
      return say("", "errors in it", "right in it", "reverse errors");
    default:
      if (compact)
        return say("missed", "wrong class", "right", "wrongly called it");
      return say(
        "missed",
        `another ${name}`,
        "right",
        `wrongly called ${name}`,
      );
  }
}

function ofHowMany(): string {
  return `of ${plural(concerned.value, "sample", "samples")}`;
}
