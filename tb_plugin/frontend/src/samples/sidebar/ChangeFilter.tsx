/** What became of samples: beside another run, and since an earlier epoch. */

import { computed, type ReadonlySignal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import {
  comparisonNames,
  inOrderOfChange,
  isOneSeries,
} from "../../state/comparison/comparedEpoch.ts";
import { NO_EPOCH } from "../../state/page.ts";
import { whole } from "../../ui/format.ts";
import { Select } from "../../ui/Select.tsx";
import { sampleEpochs, shown } from "../data/loadSamples.ts";
import type { Facts } from "../data/sampleFacts.ts";
import * as choices from "../selection/choices.ts";
import { type Change, changeOf } from "../selection/sampleFilters.ts";
import { CORRECT } from "../selection/sampleRoles.ts";
import {
  bits,
  earlierFacts,
  facts,
  otherFacts,
  passesButChange,
  sorted,
} from "../selection/shownSamples.ts";

type Counts = Record<Change, number>;

function countIn(there: ReadonlySignal<Facts | null>): ReadonlySignal<Counts> {
  return computed(() => {
    const counts: Counts = {
      won: 0,
      lost: 0,
      "wrong in both": 0,
      "other answer": 0,
    };
    const [here, other, pass] = [
      facts.value,
      there.value,
      passesButChange.value,
    ];
    if (!here || !other || !pass || !sorted.value) return counts;
    const wanted = bits.value;
    for (let i = 0; i < pass.length; i++) {
      if (!pass[i]) continue;
      // Those that became right are looked for among right answers.
      if (!(sorted.value[i]! & (wanted | CORRECT))) continue;
      const change = changeOf(here, other, i);
      if (change === null) continue;
      counts[change]++;
      if (change === "other answer") counts["wrong in both"]++;
    }
    return counts;
  });
}

const runCounts = countIn(otherFacts);
const epochCounts = countIn(earlierFacts);

export function ChangeFilter(): JSX.Element {
  const { from, to } = comparisonNames.value;
  // "won" is right in what is shown, whichever of them is the later.
  const [fixed, broken] = inOrderOfChange<Change>("lost", "won");
  const epochs = (sampleEpochs.value ?? []).filter(
    ({ step, error }) => error === undefined && step < (shown.value?.step ?? 0),
  );
  return (
    <>
      {otherFacts.value && (
        <section aria-label="Between runs" data-testid="between-runs">
          <h2>{`Between ${isOneSeries.value ? "epochs" : "runs"}, ${from} and ${to}`}</h2>
          <Changes
            chosen={choices.betweenRuns}
            counts={runCounts.value}
            offered={[
              [fixed, `fixed by ${to}`],
              [broken, "broken"],
              ["wrong in both", "wrong in both"],
            ]}
          />
        </section>
      )}
      {epochs.length > 0 && (
        <section aria-label="Since an epoch" data-testid="since-epoch">
          <h2>
            Since epoch{" "}
            <Select
              label=""
              name="since epoch"
              value={String(
                earlierFacts.value ? choices.since.value : NO_EPOCH,
              )}
              options={[
                { value: String(NO_EPOCH), text: "none" },
                ...epochs.map(({ step }) => ({
                  value: String(step),
                  text: String(step),
                })),
              ]}
              onChoose={(step) => {
                choices.since.value = Number(step);
                if (choices.since.value === NO_EPOCH)
                  choices.sinceThen.value = null;
              }}
            />
          </h2>
          {earlierFacts.value && (
            <Changes
              chosen={choices.sinceThen}
              counts={epochCounts.value}
              offered={[
                ["won", "learned"],
                ["lost", "forgotten"],
                ["other answer", "still wrong, different answer"],
              ]}
            />
          )}
        </section>
      )}
    </>
  );
}

function Changes(props: {
  chosen: Signal<Change | null>;
  counts: Counts;
  offered: readonly (readonly [Change, string])[];
}): JSX.Element {
  const { chosen, counts, offered } = props;
  return (
    <div class="changes">
      {offered.map(([change, text]) => (
        <button
          key={text}
          type="button"
          data-testid={`change-${change}`}
          aria-pressed={chosen.value === change}
          onClick={() => {
            chosen.value = chosen.value === change ? null : change;
          }}
        >
          {text} <span>{whole(counts[change])}</span>
        </button>
      ))}
    </div>
  );
}
